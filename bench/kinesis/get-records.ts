// GetRecords, records a second: of a shard of 20,000 records of 100 bytes, the first 500 and the first 10,000 again and again, beside a bare
// server that parses the same request and answers the same bytes, and beside the peers that are installed.
// Usage: node --import tsx bench/kinesis/get-records.ts, with what options.ts has.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServerProcess } from "../shared/server-process.ts";
import { startBare, startHeadwater, withServers } from "../shared/servers.ts";
import { compare, type Contender } from "../shared/side-by-side.ts";
import { connect } from "../shared/wire-client.ts";
import { loadOptions } from "./options.ts";
import { RECORD_BYTES, randomRecord, STREAM } from "./put.ts";
import { startPeer } from "./servers.ts";
import { callKinesis, freshStream, horizon, kinesisCall, shardIds } from "./stream.ts";

const RECORDS = 20_000;
const RECORDS_PER_CALL = 500;
const LIMITS = [500, 10_000] as const;

async function fill({ port }: ServerProcess): Promise<void> {
  await freshStream(port, STREAM, 1);
  for (let sent = 0; sent < RECORDS; sent += RECORDS_PER_CALL) {
    const Records = Array.from({ length: RECORDS_PER_CALL }, randomRecord);
    const { FailedRecordCount } = await callKinesis(port, "PutRecords", { StreamName: STREAM, Records });
    if (FailedRecordCount !== 0) throw new Error("the server did not take all records");
  }
}

/** An iterator lives for five minutes: each measurement takes its own. */
async function callFrom({ port }: ServerProcess, Limit: number) {
  const [shard = ""] = await shardIds(port, STREAM);
  return kinesisCall("GetRecords", { ShardIterator: await horizon(port, STREAM, shard), Limit });
}

async function answerOf(server: ServerProcess, limit: number): Promise<Buffer> {
  const client = await connect(server.port, "HTTP/1.1");
  const { body } = await client.send(await callFrom(server, limit));
  client.close();
  const { Records } = JSON.parse(body.toString()) as { Records: unknown[] };
  if (Records.length !== limit) throw new Error(`${Records.length} records were answered, not ${limit}`);
  return body;
}

const options = loadOptions();
const directory = mkdtempSync(join(tmpdir(), "bench-answers-"));
try {
  await withServers(async (keep) => {
    const headwater = await keep(startHeadwater(options.profile));
    const filled = new Map([["headwater", headwater]]);
    for (const peer of options.peers) {
      const server = await keep(startPeer(peer));
      if (server) filled.set(peer, server);
    }
    for (const server of filled.values()) await fill(server);
    for (const limit of LIMITS) {
      const answerFile = join(directory, `${limit}.json`);
      writeFileSync(answerFile, await answerOf(headwater, limit));
      const contenders: Contender[] = Array.from(filled, ([name, server]) => {
        return { name, server, prepare: async () => [await callFrom(server, limit)] };
      });
      for (const wire of options.wires) {
        const server = await keep(startBare({ h2c: wire === "h2c", answerFile }));
        const prepare = async () => [await callFrom(headwater, limit)];
        contenders.splice(1, 0, { name: "bare", server, only: wire, prepare });
      }
      const title = `GetRecords, ${limit} records of ${RECORD_BYTES} bytes a call`;
      await compare(contenders, { title, unit: "records", perCall: limit, ...options });
    }
  });
} finally {
  rmSync(directory, { recursive: true, force: true });
}
