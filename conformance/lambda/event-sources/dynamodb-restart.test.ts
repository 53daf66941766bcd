import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { MappingFixture } from "../event-source-mapping-fixture.ts";
import { putInto, tableWithStream } from "./table-fixture.ts";

describe("a mapping of a DynamoDB stream over a restart of the emulator", () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "headwater-table-restart-"));
  let aws: MappingFixture;

  beforeAll(async () => {
    aws = await MappingFixture.open({ dataDirectory });
  });

  afterAll(async () => {
    await aws[Symbol.asyncDispose]();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  /** Batches that are not settled. */
  const underWay = async (): Promise<number> => {
    const page = await fetch(`${aws.target.endpoint}/_headwater/event-source-mappings`);
    const { mappings } = (await page.json()) as { mappings: { shards: { batches: object[] }[] }[] };
    return mappings.flatMap(({ shards }) => shards.flatMap(({ batches }) => batches)).length;
  };

  it("goes on behind its checkpoint: no change is lost, and none comes again", async () => {
    const before = new DynamoDBClient(aws.target.clientConfig());
    const EventSourceArn = await tableWithStream(aws, before, "restarted");
    const first = await aws.consumer<DynamoDBStreamEvent>("restarted");
    await aws.mapping({ FunctionName: "restarted", EventSourceArn });
    for (const id of ["a", "b"]) await putInto(before, "restarted")(id);
    await aws.stepUntil("the first changes are delivered", () => (first.delivered().length >= 2 ? true : undefined));
    await aws.stepUntil("they are settled", async () => ((await underWay()) === 0 ? true : undefined));
    before.destroy();
    await aws[Symbol.asyncDispose]();

    aws = await MappingFixture.open({ dataDirectory });
    const second = aws.listen<DynamoDBStreamEvent>("restarted");
    const Variables = { COLLECTOR: aws.collectorUrl("restarted") };
    await aws.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: "restarted", Environment: { Variables } }),
    );
    const after = new DynamoDBClient(aws.target.clientConfig());
    for (const id of ["a", "c"]) await putInto(after, "restarted")(id, { again: { BOOL: true } });
    await aws.stepUntil("the next changes are delivered", () => (second.delivered().length >= 2 ? true : undefined));
    const changes = second.events.flatMap(({ Records }) =>
      Records.map((each) => `${each.eventName} ${each.dynamodb?.Keys?.["id"]?.S}`),
    );
    expect(changes.toSorted()).toEqual(["INSERT c", "MODIFY a"]);
    after.destroy();
  });
});
