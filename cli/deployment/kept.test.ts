import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudFormationClient, CreateStackCommand, waitUntilStackCreateComplete } from "@aws-sdk/client-cloudformation";
import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { CreateStreamCommand, DescribeStreamSummaryCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import { describe, expect, it } from "@jest/globals";
import { impossibleTable } from "../../conformance/cloudformation/fixture.ts";
import { startEmulator } from "../../emulator/index.ts";
import { deployPipeline } from "../commands/deploy.ts";
import { destroyPipeline } from "../commands/destroy.ts";
import { findPipeline } from "../pipelines/index.ts";
import { findTarget } from "../targets/index.ts";
import { withoutKept } from "./kept.ts";

const TABLE = "AWS::DynamoDB::Table";
const STREAM = "AWS::Kinesis::Stream";

describe("a target that loses stacks, and keeps tables and streams", () => {
  it("keeps nothing that a failed creation made: it is deleted without a question, and made anew", async () => {
    await using emulator = await startEmulator({ port: 0, logLevel: "error" });
    const found = await findTarget({ target: "embedded", endpoint: emulator.endpoint });
    const target = { ...found, losesStacks: true } as const;
    const cloudFormation = new CloudFormationClient(target.clientConfig);
    const Stream = { Type: STREAM, Properties: { Name: "rivers", ShardCount: 1 } };
    const TemplateBody = JSON.stringify({ Resources: { Stream, Table: impossibleTable(["Stream"]) } });
    const stack = { StackName: "rivers" };
    await cloudFormation.send(new CreateStackCommand({ ...stack, TemplateBody, DisableRollback: true }));
    const { state } = await waitUntilStackCreateComplete(
      { client: cloudFormation, minDelay: 1, maxWaitTime: 30 },
      stack,
    ).catch(() => ({ state: "FAILURE" }));
    expect(state).toBe("FAILURE");

    const told: string[] = [];
    const outputs = await deployPipeline(target, findPipeline("rivers"), {}, { write: (text) => told.push(text) });
    expect(outputs).toMatchObject({ StreamName: "rivers" });
    expect(told).toContain("rivers: deleting what is left of a creation that failed (CREATE_FAILED)\n");
    expect(told.join("")).toMatch(/DELETE_COMPLETE +Stream [^]*CREATE_COMPLETE +Stream /);
    expect(told.join("")).not.toContain("used as it is");
  });

  it("gets a stack around what it kept, and gives it up with the stack", async () => {
    await using emulator = await startEmulator({ port: 0, logLevel: "error" });
    const found = await findTarget({ target: "embedded", endpoint: emulator.endpoint });
    const target = { ...found, losesStacks: true } as const;
    const { clientConfig } = target;
    const kinesis = new KinesisClient(clientConfig);
    const dynamodb = new DynamoDBClient(clientConfig);
    await kinesis.send(new CreateStreamCommand({ StreamName: "rivers", ShardCount: 1 }));
    await createTable(dynamodb, "rivers-counts", ["County", "Timestamp"]);
    await createTable(dynamodb, "rivers-counts-checkpoints", ["ShardId"]);
    await createTable(dynamodb, "somebody-else-s", ["Id"]);
    const item = { County: { S: "Kings" }, Timestamp: { S: "2026-01-01" }, Count: { N: "7" } };
    await dynamodb.send(new PutItemCommand({ TableName: "rivers-counts", Item: item }));

    const rivers = findPipeline("rivers");
    const told: string[] = [];
    const out = { write: (text: string) => told.push(text) };
    const outputs = await deployPipeline(target, rivers, {}, out);
    expect(outputs).toMatchObject({ StreamName: "rivers", CountsTableName: "rivers-counts" });
    expect(outputs["StreamArn"]).toMatch(/^arn:aws:kinesis:us-east-1:\d{12}:stream\/rivers$/);
    const kept = "stream rivers, table rivers-counts, table rivers-counts-checkpoints";
    expect(told[0]).toContain("the stack is lost with a restart");
    expect(told[0]).toContain(`used as it is: ${kept}\n`);
    const { Items } = await dynamodb.send(new ScanCommand({ TableName: "rivers-counts" }));
    expect(Items).toEqual([item]);

    told.length = 0;
    await deployPipeline(target, rivers, {}, out);
    expect(told[0]).toBe(`rivers: Kept from before a restart, and used as it is: ${kept}\n`);
    expect(told.at(-1)).toBe("rivers: no change, nothing to deploy\n");

    told.length = 0;
    await destroyPipeline(target, rivers, out);
    expect(told.join("")).toContain("deleted as well: table rivers-counts\n");
    await expect(kinesis.send(new DescribeStreamSummaryCommand({ StreamName: "rivers" }))).rejects.toThrow("not found");
    const others = new DescribeTableCommand({ TableName: "somebody-else-s" });
    expect((await dynamodb.send(others)).Table?.TableStatus).toBe("ACTIVE");
  }, 60_000);

  it.each([
    ["rivers", { Stream: STREAM, CountsTable: TABLE, CheckpointsTable: TABLE }],
    ["retail", { Stream: STREAM, InvoicesTable: TABLE, CustomersTable: TABLE }],
    ["weather", { Stream: STREAM, StationsTable: TABLE, DaysTable: TABLE }],
  ])(
    "refers to what is kept of %s by name and ARN, and leaves the rest of the template as it is",
    (name, resources) => {
      const template = readFileSync(join(findPipeline(name).folder, "template.yaml"), "utf8");
      const kept = Object.entries(resources).map(([logicalId, type]) => ({ logicalId, type, id: `kept-${logicalId}` }));
      const changed = withoutKept(template, kept);
      for (const { logicalId } of kept) {
        expect(changed).not.toMatch(new RegExp(`^  ${logicalId}:`, "m"));
        expect(changed).not.toMatch(new RegExp(`!(Ref|GetAtt) "?${logicalId}(\\.Arn)?"?$`, "m"));
        expect(changed).toContain(`/kept-${logicalId}`);
      }
      expect(changed.match(/!(Ref|Sub|GetAtt|If)\b/g)!.length).toBeGreaterThan(20);
      expect(withoutKept(template, [])).toBe(template);
    },
  );
});

async function createTable(client: DynamoDBClient, name: string, [hash, range]: readonly string[]): Promise<void> {
  const attributes = [hash, range].filter((each) => each !== undefined);
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: attributes.map((AttributeName): AttributeDefinition => ({
        AttributeName,
        AttributeType: "S",
      })),
      KeySchema: attributes.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" })),
    }),
  );
}
