// PutRecordBatch of 500 records of 1 KB over 4 connections, without and with a Lambda transformation that gives the records back:
// megabytes a second (of payload, 1 MB = 1,000,000 bytes) that are acknowledged, and that are delivered, from the first call until
// the objects in S3 hold every byte. Beside it a bare node:http server that parses the same JSON, in one run, rounds in turn.
// The emulator is the built one, with data on disk; objects of 5 MiB, and nothing waits for time.
// Usage: node --import tsx bench/firehose/put-record-batch.ts [--rounds 5] [--calls 200] [--profile DIR]
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { CreateDeliveryStreamCommand, FirehoseClient, type Processor } from "@aws-sdk/client-firehose";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { clientConfig, type Config, makeFunction, makeRole } from "../shared/fixture.ts";
import { startArguments } from "../shared/headwater-command.ts";
import { amzJsonRequest, RawClient } from "../shared/raw-client.ts";
import { median, medianRatio } from "../shared/report.ts";
import { freePort, startServer } from "../shared/server-process.ts";
import { StoreClient } from "../shared/store-client.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    calls: { type: "string", default: "200" },
    profile: { type: "string" },
  },
});
const ROUNDS = Number(options.rounds);
const CALLS = Number(options.calls);
const CONNECTIONS = 4;
const RECORDS = 500;
const RECORD_BYTES = 1024;
/** Different bodies in turn, so that nothing is as warm as one body would be. */
const BODIES = 8;
const BYTES_A_ROUND = CALLS * RECORDS * RECORD_BYTES;
const PATIENCE_MS = 120_000;
const POLL_MS = 20;
const HANDLER =
  'exports.handler = async ({ records }) => ({ records: records.map(({ recordId, data }) => ({ recordId, result: "Ok", data })) });';

const bodies = Array.from({ length: BODIES }, () =>
  Array.from({ length: RECORDS }, () => ({ Data: randomBytes(RECORD_BYTES).toString("base64") })),
);
const requestsFor = (DeliveryStreamName: string) =>
  bodies.map((Records) =>
    amzJsonRequest("firehose", "Firehose_20150804.PutRecordBatch", { DeliveryStreamName, Records }),
  );

/** A delivery stream to a bucket of its name. */
async function makeStream(config: Config, name: string, role: string, processors: Processor[]): Promise<void> {
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  s3.destroy();
  const firehose = new FirehoseClient(config);
  await firehose.send(
    new CreateDeliveryStreamCommand({
      DeliveryStreamName: name,
      ExtendedS3DestinationConfiguration: {
        RoleARN: role,
        BucketARN: `arn:aws:s3:::${name}`,
        BufferingHints: { SizeInMBs: 5, IntervalInSeconds: 0 },
        ProcessingConfiguration: { Enabled: processors.length > 0, Processors: processors },
      },
    }),
  );
  firehose.destroy();
}

const lambdaProcessor = (functionArn: string): Processor => ({
  Type: "Lambda",
  Parameters: [
    { ParameterName: "LambdaArn", ParameterValue: functionArn },
    { ParameterName: "BufferSizeInMBs", ParameterValue: "3" },
    { ParameterName: "BufferIntervalInSeconds", ParameterValue: "0" },
  ],
});

const megabytesPerSecond = (milliseconds: number) => BYTES_A_ROUND / 1e6 / (milliseconds / 1000);

/** Milliseconds until all calls are answered. */
async function put(port: number, requests: readonly Buffer[]): Promise<number> {
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => RawClient.connect(port)));
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      while (next < CALLS) {
        const { status, body } = await client.send(requests[next++ % BODIES]!);
        if (status !== 200 || !/"Failed\w+Count": ?0/.test(body.toString()))
          throw new Error(body.toString().slice(0, 500));
      }
    }),
  );
  const taken = performance.now() - startedAt;
  for (const client of clients) client.close();
  return taken;
}

/** One round on a delivery stream: MB/s acknowledged and delivered. */
async function measure(port: number, store: StoreClient, name: string, requests: readonly Buffer[]) {
  const expected = (await store.bytes(name)) + BYTES_A_ROUND;
  const startedAt = performance.now();
  const acknowledged = megabytesPerSecond(await put(port, requests));
  for (let bytes = 0; bytes !== expected;) {
    bytes = await store.bytes(name);
    if (bytes > expected) throw new Error(`${name} holds ${bytes} bytes of ${expected}`);
    if (performance.now() - startedAt > PATIENCE_MS) throw new Error(`${bytes} of ${expected} bytes in time`);
    if (bytes !== expected) await delay(POLL_MS);
  }
  return { acknowledged, delivered: megabytesPerSecond(performance.now() - startedAt) };
}

const dataDirectory = mkdtempSync(join(tmpdir(), "headwater-bench-"));
const [ourPort, barePort] = [await freePort(), await freePort()];
const profile = options.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${options.profile}`];
const ours = await startServer([...profile, ...startArguments(ourPort, dataDirectory)], ourPort);
const bare = await startServer(["bench/shared/bare-server.mjs", String(barePort)], barePort);
try {
  const config = clientConfig(ourPort);
  const delivery = await makeRole(config, "delivery", "firehose.amazonaws.com");
  const functionRole = await makeRole(config, "function", "lambda.amazonaws.com");
  const functionArn = await makeFunction(config, "transform", functionRole, HANDLER);
  await makeStream(config, "plain", delivery, []);
  await makeStream(config, "transformed", delivery, [lambdaProcessor(functionArn)]);
  const store = await StoreClient.connect(config.endpoint);
  const requests = { plain: requestsFor("plain"), transformed: requestsFor("transformed"), bare: requestsFor("bare") };
  const results: Record<string, number[]> = { plain: [], plainS3: [], transformed: [], transformedS3: [], bare: [] };
  // the first round is not counted: it holds cold starts
  for (let round = 0; round <= ROUNDS; round++) {
    const plain = await measure(ourPort, store, "plain", requests.plain);
    const transformed = await measure(ourPort, store, "transformed", requests.transformed);
    const floor = megabytesPerSecond(await put(barePort, requests.bare));
    if (round === 0) continue;
    results["plain"]!.push(plain.acknowledged);
    results["plainS3"]!.push(plain.delivered);
    results["transformed"]!.push(transformed.acknowledged);
    results["transformedS3"]!.push(transformed.delivered);
    results["bare"]!.push(floor);
  }
  store.close();
  const of = (name: string) => `${median(results[name]!).toFixed(1)} MB/s`;
  const ratio = (name: string) => medianRatio(results[name]!, results["bare"]!).toFixed(2);
  console.log(`PutRecordBatch, ${RECORDS} records of ${RECORD_BYTES} bytes a call, ${CONNECTIONS} connections:`);
  console.log(
    `  plain        acknowledged ${of("plain")} (${ratio("plain")} of bare), delivered to S3 ${of("plainS3")}`,
  );
  console.log(
    `  with Lambda  acknowledged ${of("transformed")} (${ratio("transformed")} of bare), delivered to S3 ${of("transformedS3")}`,
  );
  console.log(`  bare server  ${of("bare")}`);
} finally {
  await ours[Symbol.asyncDispose]();
  await bare[Symbol.asyncDispose]();
  rmSync(dataDirectory, { recursive: true, force: true });
}
