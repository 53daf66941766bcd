// PutRecords, records a second: 500 records of 100 bytes a call, 4 shards, data on disk, against kinesis-local and against
// a bare node:http server that parses the same JSON. All servers run at the same time, each in its own process, and are
// measured in turn. Usage: npx tsx bench/kinesis/put-records.ts [--rounds 7] [--seconds 2] [--connections 4] [--profile DIR]
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { amzJsonRequest, RawClient } from "../shared/raw-client.ts";
import { grouped, median, medianRatio } from "../shared/report.ts";
import { freePort, startServer, type ServerProcess } from "../shared/server-process.ts";

const RECORDS = 500;
const RECORD_BYTES = 100;
const SHARDS = 4;
/** Different bodies in turn, so that nothing is as warm as one body would be. */
const BODIES = 16;
const STREAM = "bench";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    seconds: { type: "string", default: "2" },
    connections: { type: "string", default: "4" },
    profile: { type: "string" },
    only: { type: "string" },
  },
});

const requests = Array.from({ length: BODIES }, () =>
  amzJsonRequest("kinesis", "Kinesis_20131202.PutRecords", {
    StreamName: STREAM,
    Records: Array.from({ length: RECORDS }, () => ({
      Data: randomBytes(RECORD_BYTES).toString("base64"),
      PartitionKey: randomUUID(),
    })),
  }),
);

async function call(client: RawClient, operation: string, input: unknown): Promise<unknown> {
  const answer = await client.send(amzJsonRequest("kinesis", `Kinesis_20131202.${operation}`, input));
  if (answer.status !== 200) throw new Error(`${operation}: ${answer.status} ${answer.body.toString()}`);
  const text = answer.body.toString();
  return text.startsWith("{") ? JSON.parse(text) : undefined;
}

async function createStream(server: ServerProcess): Promise<void> {
  const client = await RawClient.connect(server.port);
  await call(client, "CreateStream", { StreamName: STREAM, ShardCount: SHARDS });
  for (;;) {
    const answer = await client.send(
      amzJsonRequest("kinesis", "Kinesis_20131202.DescribeStreamSummary", { StreamName: STREAM }),
    );
    if (answer.body.includes('"ACTIVE"')) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const answer = await client.send(requests[0] as Buffer);
  if (!/"FailedRecordCount": ?0/.test(answer.body.toString())) throw new Error(answer.body.toString().slice(0, 500));
  client.close();
}

/** @returns records a second */
async function measure(server: ServerProcess, ms: number): Promise<number> {
  const started = performance.now();
  let calls = 0;
  const one = async (_: unknown, offset: number) => {
    const client = await RawClient.connect(server.port);
    for (let index = offset; performance.now() - started < ms; index++) {
      const { status } = await client.send(requests[index % BODIES] as Buffer);
      if (status !== 200) throw new Error(`PutRecords answered ${status}`);
      calls++;
    }
    client.close();
  };
  await Promise.all(Array.from({ length: Number(values.connections) }, one));
  return (calls * RECORDS) / ((performance.now() - started) / 1000);
}

const here = import.meta.dirname;
const shared = (name: string) => join(here, "../shared", name);
const dataDirectory = mkdtempSync(join(tmpdir(), "bench-kinesis-"));

const servers: Record<string, () => Promise<ServerProcess>> = {
  headwater: async () => {
    const port = await freePort();
    const profile = values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${values.profile}`];
    return startServer(
      [...profile, "--import", "tsx", shared("headwater-server.ts"), String(port), dataDirectory],
      port,
    );
  },
  "kinesis-local": async () => {
    const main = createRequire(import.meta.url).resolve("kinesis-local");
    const [plain, tls] = [await freePort(), await freePort()];
    const env = { KINESIS_MOCK_PLAIN_PORT: String(plain), KINESIS_MOCK_TLS_PORT: String(tls), LOG_LEVEL: "ERROR" };
    return startServer([main], plain, { env, cwd: dirname(main) });
  },
  bare: async () => {
    const port = await freePort();
    return startServer([shared("bare-server.mjs"), String(port)], port);
  },
};

const running = new Map<string, ServerProcess>();
const results = new Map<string, number[]>();
try {
  for (const [name, start] of Object.entries(servers)) {
    if (values.only !== undefined && values.only !== name) continue;
    const server = await start();
    running.set(name, server);
    results.set(name, []);
    if (name !== "bare") await createStream(server);
    await measure(server, 1_000);
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, server] of running) results.get(name)?.push(await measure(server, Number(values.seconds) * 1000));
  }
} finally {
  for (const server of running.values()) await server[Symbol.asyncDispose]();
  rmSync(dataDirectory, { recursive: true, force: true });
}

const ours = results.get("headwater") ?? [];
console.log(`PutRecords, ${RECORDS} records of ${RECORD_BYTES} bytes a call, ${SHARDS} shards, records/s:`);
for (const [name, rates] of results) {
  const range = `${grouped(Math.min(...rates))} to ${grouped(Math.max(...rates))}`;
  const ratio =
    name === "headwater" || ours.length === 0 ? "" : `  headwater is ${medianRatio(ours, rates).toFixed(3)} of it`;
  console.log(`  ${name.padEnd(14)} ${grouped(median(rates)).padStart(10)}  (${range})${ratio}`);
}
