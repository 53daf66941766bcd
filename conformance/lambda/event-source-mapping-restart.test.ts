import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { keys, MappingFixture } from "./event-source-mapping-fixture.ts";

describe("event source mappings over a restart of the emulator", () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "headwater-mapping-restart-"));
  let aws: MappingFixture;

  /** The emulator of the same data, again: a life of its own with clients of its own. */
  const start = () => MappingFixture.open({ dataDirectory });

  beforeAll(async () => {
    aws = await start();
  });

  afterAll(async () => {
    await aws[Symbol.asyncDispose]();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  it("go on behind the last record that was settled, also with what was put while they were failing", async () => {
    const stream = await aws.stream("restart");
    const before = await aws.consumer("restart");
    const uuid = await aws.mapping({ FunctionName: "restart", EventSourceArn: stream, BatchSize: 2 });
    await aws.put("restart", keys(3));
    await aws.stepUntil("the first three", () => (before.delivered().length === 3 ? true : undefined));
    await aws.result(uuid, "OK");
    before.behave(() => ({ error: "down" }));
    const undelivered = await aws.put("restart", keys(3));
    await aws.result(uuid, "PROBLEM: Function call failed");
    await aws[Symbol.asyncDispose]();

    aws = await start();
    expect((await aws.describe(uuid)).State).toBe("Enabled");
    const after = aws.listen("restart");
    const Variables = { COLLECTOR: aws.collectorUrl("restart") };
    await aws.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: "restart", Environment: { Variables } }),
    );
    await aws.stepUntil("the other three", () => (after.delivered().length === 3 ? true : undefined));
    expect(after.delivered()).toEqual(undelivered);
    const next = await aws.put("restart", keys(1));
    await aws.stepUntil("the next", () => (after.delivered().length === 4 ? true : undefined));
    expect(after.delivered().slice(3)).toEqual(next);
  });

  it("begin behind LATEST in a table's stream of which nothing was read yet", async () => {
    let dynamodb = new DynamoDBClient(aws.target.clientConfig());
    const put = (id: string) => dynamodb.send(new PutItemCommand({ TableName: "restart", Item: { id: { S: id } } }));
    const create = new CreateTableCommand({
      TableName: "restart",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
    });
    await dynamodb.send(create);
    const EventSourceArn = await aws.stepUntil("the table is active", async () => {
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: "restart" }));
      return Table?.TableStatus === "ACTIVE" ? Table.LatestStreamArn : undefined;
    });
    for (let index = 0; index < 20; index++) await put(`old-${index}`);
    await aws.target.clock.advance(1000);
    await aws.consumer("restart-table");
    await aws.mapping({ FunctionName: "restart-table", EventSourceArn, StartingPosition: "LATEST" });
    const stoppedAt = aws.target.clock.now();
    dynamodb.destroy();
    await aws[Symbol.asyncDispose]();

    aws = await start();
    dynamodb = new DynamoDBClient(aws.target.clientConfig());
    const after = aws.listen<DynamoDBStreamEvent>("restart-table");
    const Variables = { COLLECTOR: aws.collectorUrl("restart-table") };
    const update = { FunctionName: "restart-table", Environment: { Variables } };
    await aws.lambda.send(new UpdateFunctionConfigurationCommand(update));
    // the clock of each life begins by itself
    await aws.target.clock.advance(Math.max(0, stoppedAt - aws.target.clock.now()) + 1000);
    for (let index = 0; index < 20; index++) await put(`new-${index}`);
    await aws.stepUntil("the new ones", () => (after.delivered().length >= 20 ? true : undefined));
    const ids = after.events.flatMap(({ Records }) => Records.map((record) => record.dynamodb?.Keys?.["id"]?.S ?? ""));
    expect(ids.toSorted()).toEqual(Array.from({ length: 20 }, (_, index) => `new-${index}`).toSorted());
    dynamodb.destroy();
  });
});
