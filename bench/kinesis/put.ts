import { randomBytes, randomUUID } from "node:crypto";
import type { ServerProcess } from "../shared/server-process.ts";
import { startBare, startHeadwater, withServers } from "../shared/servers.ts";
import { compare, type Contender } from "../shared/side-by-side.ts";
import type { WireCall } from "../shared/wire-client.ts";
import { loadOptions } from "./options.ts";
import { startPeer } from "./servers.ts";
import { freshStream } from "./stream.ts";

export const RECORD_BYTES = 100;
export const STREAM = "bench";
const SHARDS = 4;

export const randomRecord = () => ({
  Data: randomBytes(RECORD_BYTES).toString("base64"),
  PartitionKey: randomUUID(),
});

/** A bench of puts: every server has a stream of four shards, and a fresh one for each setting. */
export async function comparePuts(title: string, calls: readonly WireCall[], recordsPerCall: number): Promise<void> {
  const options = loadOptions();
  await withServers(async (keep) => {
    const contenders: Contender[] = [];
    const add = (name: string, server: ServerProcess | undefined) => {
      if (!server) return;
      const prepare = async () => {
        await freshStream(server.port, STREAM, SHARDS);
        return calls;
      };
      contenders.push({ name, server, prepare });
    };
    add("headwater", await keep(startHeadwater(options.profile)));
    for (const wire of options.wires) {
      const server = await keep(startBare({ h2c: wire === "h2c" }));
      contenders.push({ name: "bare", server, only: wire, prepare: () => Promise.resolve(calls) });
    }
    for (const peer of options.peers) add(peer, await keep(startPeer(peer)));
    await compare(contenders, { title, unit: "records", perCall: recordsPerCall, ...options });
  });
}
