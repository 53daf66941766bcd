// A backlog: so many records over 16 shards, put before anybody reads, then counted by a function: how long it takes, and how much memory the
// emulator has for itself at most. It must not grow with the backlog, and the time must grow with it in proportion.
// Usage: node --import tsx bench/kinesis/backlog.ts [--sizes 10000,100000,1000000] [--profile DIR]
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { grouped } from "../shared/report.ts";
import { startHeadwater, withServers } from "../shared/servers.ts";
import { connect, type WireCall } from "../shared/wire-client.ts";
import { Counting } from "./counting.ts";
import { RECORD_BYTES, randomRecord, STREAM } from "./put.ts";
import { freshStream, kinesisCall } from "./stream.ts";

const { values } = parseArgs({
  options: { sizes: { type: "string", default: "10000,100000,1000000" }, profile: { type: "string" } },
});
const SHARDS = 16;
const RECORDS_PER_CALL = 500;
const BATCH = 1_000;
const SAMPLE_MS = 50;
const PATIENCE_MS = 600_000;

interface Result {
  readonly putSeconds: number;
  readonly countSeconds: number;
  readonly peakMb: number;
}

async function put(port: number, records: number): Promise<void> {
  const client = await connect(port, "HTTP/1.1");
  const calls = Array.from({ length: 64 }, () =>
    kinesisCall("PutRecords", { StreamName: STREAM, Records: Array.from({ length: RECORDS_PER_CALL }, randomRecord) }),
  );
  for (let sent = 0; sent < records; sent += RECORDS_PER_CALL) {
    const { status, body } = await client.send(calls[(sent / RECORDS_PER_CALL) % calls.length] as WireCall);
    if (status !== 200) throw new Error(`PutRecords: ${status} ${body.toString().slice(0, 500)}`);
  }
  client.close();
}

/** Memory that a process has for itself, in MB. Pages of the data file that it has looked at are the system's to take back. */
const ownMb = (pid: number): number =>
  Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

async function run(records: number): Promise<Result> {
  let result: Result | undefined;
  await withServers(async (keep) => {
    const { port, process: child } = await keep(startHeadwater(values.profile));
    await freshStream(port, STREAM, SHARDS);
    const putAt = performance.now();
    await put(port, records);
    await using counting = await Counting.create(port, "counting");
    let peakMb = 0;
    const sampler = setInterval(() => (peakMb = Math.max(peakMb, ownMb(child.pid ?? 0))), SAMPLE_MS);
    const startedAt = performance.now();
    await counting.listen(STREAM, "TRIM_HORIZON", BATCH);
    await counting.until(records, PATIENCE_MS);
    clearInterval(sampler);
    const countSeconds = (performance.now() - startedAt) / 1000;
    result = { putSeconds: (startedAt - putAt) / 1000, countSeconds, peakMb };
  });
  return result as unknown as Result;
}

console.log(
  `A backlog of records of ${RECORD_BYTES} bytes over ${SHARDS} shards, counted by a function in batches of ${BATCH}:`,
);
for (const records of values.sizes.split(",").map(Number)) {
  const { putSeconds, countSeconds, peakMb } = await run(records);
  console.log(
    `  ${grouped(records).padStart(9)} records: put in ${putSeconds.toFixed(1)} s, counted in ${countSeconds.toFixed(2)} s ` +
      `(${grouped(records / countSeconds)} records/s), at most ${peakMb.toFixed(0)} MB of memory of its own`,
  );
}
