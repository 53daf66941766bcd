import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { PutRecordsCommand } from "@aws-sdk/client-kinesis";
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { CountsReader } from "../cli/counts-reader.ts";
import { PACKAGE_ROOT } from "../cli/package.ts";
import { findPipeline } from "../cli/pipelines/index.ts";
import { kinesisClient } from "../producer/kinesis-client.ts";
import { usePipeline } from "./deployed-pipeline.ts";
import { failuresOf } from "./stored.ts";
import { itUnless } from "./targets/it-unless.ts";

const pipeline = usePipeline("rivers", { MaximumRetryAttempts: "1", MaximumBatchingWindowInSeconds: "0" });

let lambda: LambdaClient;

beforeAll(() => {
  lambda = new LambdaClient(pipeline.target.clientConfig);
});

/** Rows counted so far in each county. */
async function totals(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { County, Count } of await new CountsReader(pipeline.target, pipeline.output("CountsTableName")).next()) {
    counts[County] = (counts[County] ?? 0) + Count;
  }
  return counts;
}

const totalsUntil = (isExpected: (counts: Record<string, number>) => boolean) =>
  pipeline.eventually(totals, isExpected);

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);

/** Puts payloads on one shard, in this order. @returns their sequence numbers */
async function put(payloads: readonly (string | Buffer)[]): Promise<string[]> {
  const kinesis = kinesisClient(pipeline.target.clientConfig);
  const { Records } = await kinesis.send(
    new PutRecordsCommand({
      StreamName: pipeline.output("StreamName"),
      Records: payloads.map((payload) => ({ PartitionKey: "one shard", Data: Buffer.from(payload) })),
    }),
  );
  kinesis.destroy();
  return Records!.map(({ SequenceNumber }) => SequenceNumber!);
}

const row = (county: string) => JSON.stringify({ County: county });

async function redeliverAll(batchSize: number): Promise<void> {
  const FunctionName = pipeline.output("FunctionName");
  await pipeline.eventually(
    async () => {
      const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
      for (const { UUID, State } of EventSourceMappings) {
        if (State !== "Deleting") await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
      }
      return EventSourceMappings.length;
    },
    (left) => left === 0,
  );
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName,
      EventSourceArn: pipeline.output("StreamArn"),
      StartingPosition: "TRIM_HORIZON",
      BatchSize: batchSize,
      MaximumRetryAttempts: 1,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    }),
  );
}

async function setEnvironment(Variables: Record<string, string> | undefined): Promise<void> {
  const FunctionName = pipeline.output("FunctionName");
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
}

const failures = () => failuresOf(pipeline.target, pipeline.output("FailuresBucketName"));

const keptPayloads = async () => (await failures()).flatMap(({ payloads }) => payloads);

describe("rivers", () => {
  it("counts every row of the file in its county, batch by batch", async () => {
    const { demo } = pipeline.commands;
    const production = pipeline.producer(await demo.produceOptions({ rate: 1000 }, pipeline.deployed));
    await production.run();

    const expected: Record<string, number> = {};
    const rows = parse<{ County: string }>(readFileSync(join(PACKAGE_ROOT, "data", "rivers.csv")), { columns: true });
    for (const { County } of rows) expected[County] = (expected[County] ?? 0) + 1;
    const counts = await totalsUntil((counted) => sum(counted) >= rows.length);
    expect(counts).toEqual(expected);
    expect(production.stats).toMatchObject({ sent: rows.length, skipped: 0, retried: 0 });
  });

  describe("malformed records", () => {
    const malformed = ["no json", "{}", '{"County":7}', Buffer.from([0xff, 0xfe])].map((each) => Buffer.from(each));
    let sent: string[];

    it("are kept at the destination as they came, and their neighbours are counted", async () => {
      const before = await totals();
      sent = await put(malformed.flatMap((payload) => [row("Essex"), payload, row("Kings")]));
      const counts = await totalsUntil((counted) => sum(counted) >= sum(before) + 8);
      expect(counts).toEqual({ ...before, Essex: before["Essex"]! + 4, Kings: before["Kings"]! + 4 });
      const kept = await pipeline.eventually(keptPayloads, ({ length }) => length >= malformed.length);
      expect(kept).toEqual(expect.arrayContaining(malformed));
    });

    itUnless("bisect")("are kept there one by one, without their neighbours", async () => {
      const kept = (await failures()).map(
        ({ firstSequenceNumber, payloads }) => `${firstSequenceNumber} of ${payloads.length}`,
      );
      expect(kept.toSorted()).toEqual([1, 4, 7, 10].map((index) => `${sent[index]} of 1`).toSorted());
    });

    itUnless("failure-payload")("are kept there in an event that is JSON", async () => {
      for (const { report } of await failures()) expect(report.payload).toEqual(expect.stringMatching(/^{"Records":/));
    });
  });

  it("loses nothing and counts nothing twice when a whole shard is delivered again in other batches", async () => {
    const before = await totals();
    await redeliverAll(37);
    await put([row("After the redelivery")]);
    const counts = await totalsUntil((counted) => counted["After the redelivery"] !== undefined);
    expect(counts).toEqual({ ...before, "After the redelivery": 1 });
  });

  it("counts a batch once that failed at first", async () => {
    const before = await totals();
    const FunctionName = pipeline.output("FunctionName");
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    await setEnvironment({ ...Environment?.Variables, COUNTS_TABLE: "no-such-table" });
    await put([row("Broken"), row("Broken"), row("Broken")]);
    await setEnvironment(Environment?.Variables);
    await redeliverAll(23);
    await put([row("Repaired")]);
    const counts = await totalsUntil((counted) => counted["Repaired"] !== undefined);
    expect(counts).toEqual({ ...before, Broken: 3, Repaired: 1 });
  });

  it("keeps the data when a changed handler is deployed, and runs the new code", async () => {
    const before = await totals();
    // all handlers: they share what is beside their folders
    const handlers = join(PACKAGE_ROOT, ".headwater", "changed-handlers");
    const source = findPipeline("rivers").folder;
    cpSync(dirname(source), handlers, { recursive: true, filter: (path) => !path.endsWith(".test.ts") });
    const folder = join(handlers, basename(source));
    const file = join(folder, "decode-record.ts");
    writeFileSync(file, readFileSync(file, "utf8").replace("county.trim() }", "county.trim().toUpperCase() }"));
    const progress = await pipeline.deploy({}, { folder }).finally(() => rmSync(handlers, { recursive: true }));
    expect(progress).toMatch(/UPDATE_COMPLETE +Function /);
    expect(progress).not.toContain("CountsTable");
    await put([row("Changed")]);
    const counts = await totalsUntil((counted) => sum(counted) > sum(before));
    expect(counts).toEqual({ ...before, CHANGED: 1 });
  });

  it("leaves nothing behind when it is destroyed", async () => {
    expect(await pipeline.destroy()).toEqual([]);
  });
});
