// The whole path: 10,000 records -> Kinesis -> the rivers function -> DynamoDB, until all counts stand, as a ratio to putting the
// same records into a stream that nobody reads. The emulator runs in a process of its own, with its data on disk.
// Usage: npx tsx bench/rivers/count-records.ts [--rounds 5] [--records 10000] [--batch 500] [--shards 4]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CreateTableCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { CreateStreamCommand, KinesisClient, PutRecordsCommand, waitUntilStreamExists } from "@aws-sdk/client-kinesis";
import { CreateEventSourceMappingCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";
import AdmZip from "adm-zip";
import { build } from "esbuild";
import { grouped, median, medianRatio } from "../shared/report.ts";
import { freePort, startServer } from "../shared/server-process.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    records: { type: "string", default: "10000" },
    batch: { type: "string", default: "500" },
    shards: { type: "string", default: "4" },
  },
});
const RECORDS = Number(values.records);
const CALL_RECORDS = 500;
const COUNTIES = ["Delaware", "Essex", "Kings", "St. Lawrence", "Tompkins", "Ulster", "Wyoming"];
const here = import.meta.dirname;

const calls = Array.from({ length: Math.ceil(RECORDS / CALL_RECORDS) }, (_, call) =>
  Array.from({ length: Math.min(CALL_RECORDS, RECORDS - call * CALL_RECORDS) }, (_unused, index) => {
    const County = COUNTIES[index % COUNTIES.length];
    const row = { "Waterbody Name": `River ${index}`, County, timestamp: "2026-01-01T00:00:00.000Z" };
    return { PartitionKey: `River ${index}`, Data: Buffer.from(JSON.stringify(row)) };
  }),
);

const directory = mkdtempSync(join(tmpdir(), "headwater-bench-rivers-"));
const port = await freePort();
await using server = await startServer(
  ["--import", "tsx", join(here, "../shared/headwater-server.ts"), String(port), join(directory, "data")],
  port,
);
const config = {
  endpoint: `http://127.0.0.1:${server.port}`,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
};
const kinesis = new KinesisClient(config);
const dynamodb = new DynamoDBClient(config);
const lambda = new LambdaClient(config);

async function createStream(name: string): Promise<string> {
  await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: Number(values.shards) }));
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { StreamName: name });
  return `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;
}

async function createTable(name: string, ...keys: readonly string[]): Promise<void> {
  const AttributeDefinitions = keys.map((key) => ({ AttributeName: key, AttributeType: "S" as const }));
  const KeySchema = keys.map((key, index) => ({
    AttributeName: key,
    KeyType: index === 0 ? ("HASH" as const) : ("RANGE" as const),
  }));
  const input = { TableName: name, BillingMode: "PAY_PER_REQUEST" as const, AttributeDefinitions, KeySchema };
  await dynamodb.send(new CreateTableCommand(input));
}

async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(here, "../../handlers/rivers/handler.ts")],
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    write: false,
  });
  const zip = new AdmZip();
  zip.addFile("handler.js", Buffer.from((outputFiles[0] as { contents: Uint8Array }).contents));
  return zip.toBuffer();
}

async function putAll(streamName: string): Promise<void> {
  for (const Records of calls) await kinesis.send(new PutRecordsCommand({ StreamName: streamName, Records }));
}

async function countAll(table: string): Promise<number> {
  let rows = 0;
  let ExclusiveStartKey: Parameters<typeof startKey>[0];
  do {
    const page = await dynamodb.send(new ScanCommand({ TableName: table, ...startKey(ExclusiveStartKey) }));
    for (const item of page.Items ?? []) rows += Number(item["Count"]?.N);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return rows;
}

const startKey = (key: import("@aws-sdk/client-dynamodb").ScanCommandOutput["LastEvaluatedKey"]) =>
  key === undefined ? {} : { ExclusiveStartKey: key };

await createStream("unread");
const EventSourceArn = await createStream("rivers");
await createTable("rivers-counts", "County", "Timestamp");
await createTable("rivers-counts-checkpoints", "ShardId");
await lambda.send(
  new CreateFunctionCommand({
    FunctionName: "rivers",
    Runtime: "nodejs22.x",
    Handler: "handler.handler",
    Role: "arn:aws:iam::000000000000:role/rivers",
    Timeout: 30,
    MemorySize: 256,
    Code: { ZipFile: await bundle() },
    Environment: { Variables: { COUNTS_TABLE: "rivers-counts", CHECKPOINTS_TABLE: "rivers-counts-checkpoints" } },
  }),
);
await waitUntilFunctionActiveV2(
  { client: lambda, maxWaitTime: 10, minDelay: 1, maxDelay: 1 },
  { FunctionName: "rivers" },
);
await lambda.send(
  new CreateEventSourceMappingCommand({
    FunctionName: "rivers",
    EventSourceArn,
    StartingPosition: "TRIM_HORIZON",
    BatchSize: Number(values.batch),
    FunctionResponseTypes: ["ReportBatchItemFailures"],
  }),
);

const counted: number[] = [];
const unread: number[] = [];
for (let round = 1; round <= Number(values.rounds); round++) {
  let started = performance.now();
  await putAll("unread");
  unread.push(performance.now() - started);

  started = performance.now();
  await putAll("rivers");
  for (let rows = 0; rows < RECORDS * round;) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    rows = await countAll("rivers-counts");
    if (rows > RECORDS * round) throw new Error(`counted ${rows} rows of ${RECORDS * round}`);
    if (performance.now() - started > 60_000) throw new Error(`after a minute ${rows} of ${RECORDS * round} rows`);
  }
  counted.push(performance.now() - started);
  console.log(
    `round ${round}: counted after ${grouped(counted.at(-1) ?? 0)} ms, put alone ${grouped(unread.at(-1) ?? 0)} ms`,
  );
}
console.log(
  `${grouped(RECORDS)} records until all counts stand: first (cold) ${grouped(counted[0] ?? 0)} ms, ` +
    `median ${grouped(median(counted))} ms, ${medianRatio(counted, unread).toFixed(1)} times putting them unread`,
);
for (const client of [kinesis, dynamodb, lambda]) client.destroy();
rmSync(directory, { recursive: true, force: true });
