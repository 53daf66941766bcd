import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ListStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { KinesisClient, ListStreamsCommand, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { KinesisStreamEvent } from "aws-lambda";
import { parse } from "csv-parse/sync";
import { deployPipeline } from "../cli/commands/deploy.ts";
import { destroyPipeline } from "../cli/commands/destroy.ts";
import { CountsReader } from "../cli/counts-reader.ts";
import { cloudFormation, type Outputs, output } from "../cli/deployment/stack.ts";
import { PACKAGE_ROOT } from "../cli/package.ts";
import { findPipeline } from "../cli/pipelines/index.ts";
import { eventually } from "./eventually.ts";
import { keysOf, textOf } from "./stored.ts";
import { openTarget, type OpenTarget } from "./targets/index.ts";

const pipeline = findPipeline("rivers");
const silent = { write: () => true };

let open: OpenTarget;
let outputs: Outputs;
let kinesis: KinesisClient;
let lambda: LambdaClient;
let s3: S3Client;

beforeAll(async () => {
  open = await openTarget();
  const { target } = open;
  kinesis = new KinesisClient(target.clientConfig);
  lambda = new LambdaClient(target.clientConfig);
  s3 = new S3Client(target.s3Config);
  const parameters = { MaximumRetryAttempts: "1", MaximumBatchingWindowInSeconds: "0" };
  outputs = await deployPipeline(target, pipeline, parameters, silent);
});

afterAll(async () => {
  kinesis.destroy();
  await open[Symbol.asyncDispose]();
});

/** Rows counted so far in each county. */
async function totals(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { County, Count } of await new CountsReader(open.target, output(outputs, "CountsTableName")).next()) {
    counts[County] = (counts[County] ?? 0) + Count;
  }
  return counts;
}

const totalsUntil = (isExpected: (counts: Record<string, number>) => boolean) =>
  eventually(open.patienceMs, totals, isExpected);

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);

/** Puts payloads on one shard, in this order. */
async function put(payloads: readonly (string | Buffer)[]): Promise<string[]> {
  const { Records } = await kinesis.send(
    new PutRecordsCommand({
      StreamName: output(outputs, "StreamName"),
      Records: payloads.map((payload) => ({ PartitionKey: "one shard", Data: Buffer.from(payload) })),
    }),
  );
  return Records!.map(({ SequenceNumber }) => SequenceNumber!);
}

const row = (county: string) => JSON.stringify({ County: county });

async function redeliverAll(batchSize: number): Promise<void> {
  const { EventSourceMappings } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: output(outputs, "FunctionName") }),
  );
  const UUID = EventSourceMappings![0]!.UUID;
  await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
  await eventually(
    open.patienceMs,
    () =>
      lambda.send(new GetEventSourceMappingCommand({ UUID })).then(
        () => "there",
        (error: Error) => error.name,
      ),
    (answer) => answer === "ResourceNotFoundException",
  );
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: output(outputs, "FunctionName"),
      EventSourceArn: output(outputs, "StreamArn"),
      StartingPosition: "TRIM_HORIZON",
      BatchSize: batchSize,
      MaximumRetryAttempts: 1,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    }),
  );
}

interface FailureReport {
  readonly KinesisBatchInfo: { readonly startSequenceNumber: string; readonly batchSize: number };
  /** The event that the function was given, as JSON. */
  readonly payload: string;
}

async function failureReports(): Promise<FailureReport[]> {
  const bucket = output(outputs, "FailuresBucketName");
  const keys = await keysOf(open.target, bucket);
  return Promise.all(keys.map(async (key) => JSON.parse(await textOf(open.target, bucket, key)) as FailureReport));
}

describe("rivers", () => {
  it("counts every row of the file in its county, batch by batch", async () => {
    const { produce, demo } = await pipeline.load();
    const context = { signal: new AbortController().signal, print: () => {} };
    const deployed = { target: open.target, outputs };
    const production = produce.run(deployed, await demo.produceOptions({ rate: 1000 }, deployed), context);
    await production.run();

    const expected: Record<string, number> = {};
    const rows = parse<{ County: string }>(readFileSync(join(PACKAGE_ROOT, "data", "rivers.csv")), { columns: true });
    for (const { County } of rows) expected[County] = (expected[County] ?? 0) + 1;
    const counts = await totalsUntil((counted) => sum(counted) >= rows.length);
    expect(counts).toEqual(expected);
    expect(production.stats).toMatchObject({ sent: rows.length, skipped: 0, retried: 0 });
  });

  it("keeps malformed records at the destination, one by one, and counts their neighbours", async () => {
    const malformed = ["no json", "{}", '{"County":7}', Buffer.from([0xff, 0xfe])];
    const before = await totals();
    const [first, ...others] = malformed.map((payload) => [row("Essex"), payload, row("Kings")]).flat();
    const sent = await put([first!, ...others]);
    const counts = await totalsUntil((counted) => sum(counted) >= sum(before) + 8);
    expect(counts).toEqual({ ...before, Essex: before["Essex"]! + 4, Kings: before["Kings"]! + 4 });

    const reports = await eventually(open.patienceMs, failureReports, ({ length }) => length >= malformed.length);
    const kept = reports.map(({ KinesisBatchInfo: info }) => `${info.startSequenceNumber} of ${info.batchSize}`);
    expect(kept.toSorted()).toEqual([1, 4, 7, 10].map((index) => `${sent[index]} of 1`).toSorted());
    const payloads = reports.map(({ payload }) => (JSON.parse(payload) as KinesisStreamEvent).Records[0]!.kinesis.data);
    expect(payloads.toSorted()).toEqual(malformed.map((each) => Buffer.from(each).toString("base64")).toSorted());
  });

  it("loses nothing and counts nothing twice when a whole shard is delivered again in other batches", async () => {
    const before = await totals();
    await redeliverAll(7);
    await put([row("After the redelivery")]);
    const counts = await totalsUntil((counted) => counted["After the redelivery"] !== undefined);
    expect(counts).toEqual({ ...before, "After the redelivery": 1 });
  });

  it("counts a batch once that failed at first", async () => {
    const before = await totals();
    const FunctionName = output(outputs, "FunctionName");
    const tables = {
      COUNTS_TABLE: output(outputs, "CountsTableName"),
      CHECKPOINTS_TABLE: output(outputs, "CheckpointsTableName"),
    };
    const broken = { ...tables, COUNTS_TABLE: "no-such-table" };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: broken } }));
    await put([row("Broken"), row("Broken"), row("Broken")]);
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: tables } }));
    await redeliverAll(2);
    await put([row("Repaired")]);
    const counts = await totalsUntil((counted) => counted["Repaired"] !== undefined);
    expect(counts).toEqual({ ...before, Broken: 3, Repaired: 1 });
  });

  it("keeps the data when a changed handler is deployed, and runs the new code", async () => {
    const before = await totals();
    // all handlers: they share what is beside their folders
    const handlers = join(PACKAGE_ROOT, ".headwater", "changed-handlers");
    cpSync(dirname(pipeline.folder), handlers, { recursive: true, filter: (path) => !path.endsWith(".test.ts") });
    const folder = join(handlers, basename(pipeline.folder));
    const file = join(folder, "decode-record.ts");
    writeFileSync(file, readFileSync(file, "utf8").replace("county.trim() }", "county.trim().toUpperCase() }"));
    let progress = "";
    const out = { write: (text: string) => (progress += text) };
    await deployPipeline(open.target, { ...pipeline, folder }, {}, out).finally(() =>
      rmSync(handlers, { recursive: true }),
    );
    expect(progress).toMatch(/UPDATE_COMPLETE +Function /);
    expect(progress).not.toContain("CountsTable");
    await put([row("Changed")]);
    const counts = await totalsUntil((counted) => sum(counted) > sum(before));
    expect(counts).toEqual({ ...before, CHANGED: 1 });
  });

  it("leaves nothing behind when it is destroyed", async () => {
    const { target } = open;
    await destroyPipeline(target, pipeline, silent);
    const { clientConfig } = target;
    const mine = (names: readonly (string | undefined)[] = []) => names.filter((name) => name?.includes("rivers"));
    expect(mine((await kinesis.send(new ListStreamsCommand())).StreamNames)).toEqual([]);
    expect(mine((await new DynamoDBClient(clientConfig).send(new ListTablesCommand())).TableNames)).toEqual([]);
    expect(mine((await lambda.send(new ListFunctionsCommand())).Functions?.map((each) => each.FunctionName))).toEqual(
      [],
    );
    expect((await s3.send(new ListBucketsCommand())).Buckets ?? []).toEqual([]);
    const roles = await new IAMClient(clientConfig).send(new ListRolesCommand());
    expect(mine(roles.Roles?.map((role) => role.RoleName))).toEqual([]);
    const groups = await new CloudWatchLogsClient(clientConfig).send(new DescribeLogGroupsCommand());
    expect(mine(groups.logGroups?.map((group) => group.logGroupName))).toEqual([]);
    const { StackSummaries } = await cloudFormation(target).send(new ListStacksCommand());
    expect(StackSummaries?.map(({ StackStatus }) => StackStatus)).toEqual(["DELETE_COMPLETE"]);
  });
});
