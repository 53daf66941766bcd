import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient, CreateStackCommand, waitUntilStackCreateComplete } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient, ListTablesCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { startEmulator, type RunningEmulator } from "../../emulator/index.ts";
import { destroyPipeline } from "../commands/destroy.ts";
import { findPipeline } from "../pipelines/index.ts";
import { findTarget, type Target } from "../targets/index.ts";

let emulator: RunningEmulator;
let target: Target;
let folder: string;
let printed: string;

beforeAll(async () => {
  emulator = await startEmulator({ port: 0, logLevel: "error" });
  target = await findTarget({ target: "embedded", endpoint: emulator.endpoint });
  folder = mkdtempSync(join(tmpdir(), "headwater-removal-"));
});
afterAll(async () => {
  await emulator.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  printed = "";
});

const table = (TableName: string, properties: object = {}) => ({
  Type: "AWS::DynamoDB::Table",
  Properties: {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    ...properties,
  },
});

const bucket = (BucketName: string) => ({
  Type: "AWS::S3::Bucket",
  Properties: { BucketName, VersioningConfiguration: { Status: "Enabled" } },
});

/** A pipeline whose stack has these resources. */
async function deployed(name: string, Resources: object) {
  const TemplateBody = JSON.stringify({ Resources });
  writeFileSync(join(folder, "template.yaml"), TemplateBody);
  const client = new CloudFormationClient(target.clientConfig);
  await client.send(new CreateStackCommand({ StackName: name, TemplateBody }));
  await waitUntilStackCreateComplete({ client, minDelay: 1, maxWaitTime: 30 }, { StackName: name });
  return { ...findPipeline("rivers"), name, folder };
}

const destroy = (pipeline: Awaited<ReturnType<typeof deployed>>) =>
  destroyPipeline(target, pipeline, { write: (text) => (printed += text) });

const tables = async () => (await new DynamoDBClient(target.clientConfig).send(new ListTablesCommand())).TableNames;

const buckets = async () =>
  (await new S3Client(target.s3Config).send(new ListBucketsCommand())).Buckets?.map(({ Name }) => Name) ?? [];

describe("destroyPipeline", () => {
  it("empties buckets of all versions and delete markers", async () => {
    const pipeline = await deployed("versions", { Bucket: bucket("versions-bucket") });
    const s3 = new S3Client(target.s3Config);
    for (const Body of ["first", "second"]) {
      await s3.send(new PutObjectCommand({ Bucket: "versions-bucket", Key: "object", Body }));
    }
    await s3.send(new DeleteObjectCommand({ Bucket: "versions-bucket", Key: "object" }));
    await destroy(pipeline);
    expect(printed).toContain("versions: deleted, nothing of it is left");
    expect(await buckets()).toEqual([]);
  });

  it("deletes what the template's policies keep, and names it", async () => {
    const pipeline = await deployed("keeping", {
      Bucket: { ...bucket("kept-bucket"), DeletionPolicy: "Retain" },
      Table: { ...table("kept-table"), DeletionPolicy: "Retain" },
    });
    const s3 = new S3Client(target.s3Config);
    await s3.send(new PutObjectCommand({ Bucket: "kept-bucket", Key: "object", Body: "kept" }));
    await destroy(pipeline);
    expect(printed).toContain("deleted as well: bucket kept-bucket\n");
    expect(printed).toContain("deleted as well: table kept-table\n");
    expect(printed).toContain("keeping: deleted, nothing of it is left");
    expect(await buckets()).toEqual([]);
    expect(await tables()).toEqual([]);
  });

  it("deletes nothing while a table is protected, and tells how to take the protection off", async () => {
    const pipeline = await deployed("guarded", {
      Guarded: table("guarded-table", { DeletionProtectionEnabled: true }),
      Other: table("other-table"),
    });
    await expect(destroy(pipeline)).rejects.toThrow(
      "`aws dynamodb update-table --table-name guarded-table --no-deletion-protection-enabled --region us-east-1",
    );
    expect(await tables()).toEqual(["guarded-table", "other-table"]);
    const client = new DynamoDBClient(target.clientConfig);
    await client.send(new UpdateTableCommand({ TableName: "guarded-table", DeletionProtectionEnabled: false }));
    await destroy(pipeline);
    expect(await tables()).toEqual([]);
  });
});
