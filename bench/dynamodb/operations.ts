// Calls a second of operations on items, 16 clients that each wait for an answer, items of 200 bytes in tables of 10,000, data on disk: beside
// a bare node:http server that parses the same JSON and answers the same bytes, and beside the peers that are installed. All servers run at
// the same time, each in its own process, and are measured in turn. "with a stream" is ours again, in a table with a stream of both images.
// Usage: node --import tsx bench/dynamodb/operations.ts [--operations PutItem,Query] [--rounds 5] [--seconds 1] [--clients 16]
//   [--peers dynalite,dynoxide] [--profile DIR]
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ServerProcess } from "../shared/server-process.ts";
import { startBare, startHeadwater, withServers } from "../shared/servers.ts";
import { compare, type Contender } from "../shared/side-by-side.ts";
import type { WireCall } from "../shared/wire-client.ts";
import { CALLS, type OperationName } from "./calls.ts";
import { PEERS, startPeer, type Peer } from "./servers.ts";
import { createFilled, PLAIN, send, SORTED, STREAMED, type BenchTable } from "./tables.ts";

const { values } = parseArgs({
  options: {
    operations: { type: "string", default: Object.keys(CALLS).join(",") },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "1" },
    clients: { type: "string", default: "16" },
    peers: { type: "string", default: PEERS.join(",") },
    profile: { type: "string" },
  },
});
const settings = {
  unit: "calls",
  perCall: 1,
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  clients: values.clients.split(",").map(Number),
  wires: ["HTTP/1.1"],
} as const;

/** What a peer has not: it says so at the first call. */
async function able(name: string, server: ServerProcess, call: WireCall): Promise<boolean> {
  try {
    await send(server.port, call);
    return true;
  } catch (error) {
    console.log(`${name} does not do it: ${(error as Error).message}`);
    return false;
  }
}

async function compareOperation(operation: OperationName, servers: ReadonlyMap<string, ServerProcess>): Promise<void> {
  const { callsOf, table, writes } = CALLS[operation];
  const headwater = servers.get("headwater") as ServerProcess;
  const contender = (name: string, server: ServerProcess, calls: readonly WireCall[]): Contender => ({
    ...{ name, server, prepare: () => Promise.resolve(calls) },
  });
  const calls = callsOf(table);
  const contenders: Contender[] = [];
  for (const [name, server] of servers) {
    if (await able(name, server, calls[0] as WireCall)) contenders.push(contender(name, server, calls));
  }
  if (writes) contenders.splice(1, 0, contender("with a stream", headwater, callsOf(STREAMED)));
  const folder = mkdtempSync(join(tmpdir(), "bench-answers-"));
  const answerFile = join(folder, "answer");
  try {
    writeFileSync(answerFile, await send(headwater.port, calls[0] as WireCall));
    await using bare = await startBare({ h2c: false, answerFile });
    contenders.splice(1, 0, contender("bare", bare, calls));
    await compare(contenders, { title: operation, ...settings });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await withServers(async (keep) => {
  const servers = new Map([["headwater", await keep(startHeadwater(values.profile))]]);
  for (const peer of values.peers.split(",").filter((name) => name !== "")) {
    const server = await keep(startPeer(peer as Peer));
    if (server) servers.set(peer, server);
  }
  const tables: readonly BenchTable[] = [PLAIN, SORTED];
  for (const { port } of servers.values()) for (const table of tables) await createFilled(port, table);
  await createFilled((servers.get("headwater") as ServerProcess).port, STREAMED);
  for (const operation of values.operations.split(",")) await compareOperation(operation as OperationName, servers);
});
