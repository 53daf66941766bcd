// Kinesis -> Lambda: records a second through a function that only counts, of 100 bytes over 4 shards in batches of 500; and the time from
// PutRecords' answer to the function's first line, of one record at a time while nothing else is under way (below 0: the function was
// called before its producer had the answer). Beside it the peers that are installed, as far as they can.
// Usage: node --import tsx bench/kinesis/lambda.ts [--records 200000] [--events 500] [--rounds 3] [--peers MiniStack,fakecloud]
//   [--profile DIR]
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { grouped, median, percentile } from "../shared/report.ts";
import type { ServerProcess } from "../shared/server-process.ts";
import { startHeadwater, withServers } from "../shared/servers.ts";
import { connect, type WireCall } from "../shared/wire-client.ts";
import { Counting, monotonicMs } from "./counting.ts";
import { RECORD_BYTES, randomRecord, STREAM } from "./put.ts";
import { startPeer, type Peer } from "./servers.ts";
import { freshStream, kinesisCall } from "./stream.ts";

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "200000" },
    events: { type: "string", default: "500" },
    rounds: { type: "string", default: "3" },
    peers: { type: "string", default: "MiniStack,fakecloud" },
    profile: { type: "string" },
  },
});
const SHARDS = 4;
const BATCH = 500;
const CONNECTIONS = 4;
const PATIENCE_MS = 120_000;
/** A peer that is that slow is measured by fewer records. */
const PEER_SHARE = 0.05;
const PAUSE_MS = 5;

const callOf = (records: number): WireCall =>
  kinesisCall("PutRecords", { StreamName: STREAM, Records: Array.from({ length: records }, randomRecord) });

async function putAll({ port }: ServerProcess, records: number): Promise<void> {
  const calls = Array.from({ length: 16 }, () => callOf(BATCH));
  let left = Math.ceil(records / BATCH);
  const one = async () => {
    const client = await connect(port, "HTTP/1.1");
    while (left-- > 0) {
      const { status, body } = await client.send(calls[left % calls.length] as WireCall);
      if (status !== 200) throw new Error(`PutRecords: ${status} ${body.toString().slice(0, 500)}`);
    }
    client.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
}

/** Milliseconds from each answer to the function's first line. */
async function delays({ port }: ServerProcess, counting: Counting, events: number): Promise<number[]> {
  const client = await connect(port, "HTTP/1.1");
  const before = counting.calls.length;
  const counted = counting.records;
  const answeredAt: number[] = [];
  for (let event = 1; event <= events; event++) {
    const { status } = await client.send(callOf(1));
    answeredAt.push(monotonicMs());
    if (status !== 200) throw new Error(`PutRecords: ${status}`);
    await counting.until(counted + event, PATIENCE_MS);
    await delay(PAUSE_MS);
  }
  client.close();
  return counting.calls.slice(before).map(({ atMs }, event) => atMs - (answeredAt[event] as number));
}

async function run(name: string, server: ServerProcess, records: number, events: number): Promise<void> {
  await freshStream(server.port, STREAM, SHARDS);
  await using counting = await Counting.create(server.port, "counting");
  await counting.listen(STREAM, "LATEST", BATCH);
  // processes of the function start, code gets warm
  await putAll(server, BATCH * SHARDS * 2);
  await counting.until(BATCH * SHARDS * 2, PATIENCE_MS);
  const rates: number[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const expected = counting.records + Math.ceil(records / BATCH) * BATCH;
    const startedAt = performance.now();
    await putAll(server, records);
    await counting.until(expected, PATIENCE_MS);
    rates.push(records / ((performance.now() - startedAt) / 1000));
  }
  const taken = await delays(server, counting, events);
  console.log(
    `Kinesis -> Lambda, ${RECORD_BYTES} bytes a record, ${SHARDS} shards: ${name} ${grouped(median(rates))} records/s; from answer to ` +
      `function p50 ${percentile(taken, 0.5).toFixed(2)} ms, p99 ${percentile(taken, 0.99).toFixed(2)} ms`,
  );
}

await withServers(async (keep) => {
  const [records, events] = [Number(values.records), Number(values.events)];
  await run("headwater", await keep(startHeadwater(values.profile)), records, events);
  for (const peer of values.peers.split(",").filter((name) => name !== "") as Peer[]) {
    const server = await keep(startPeer(peer));
    if (!server) continue;
    await run(peer, server, records * PEER_SHARE, events * PEER_SHARE).catch((error: unknown) =>
      console.log(`Kinesis -> Lambda: ${peer} cannot: ${(error as Error).message.slice(0, 300)}`),
    );
  }
});
