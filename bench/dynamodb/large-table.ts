// Whether a table that grows stays as fast: GetItem, Query (a partition of ten items) and PutItem, 16 clients, over a table of more and more
// items of 200 bytes, beside a table of 10,000 of the same server, measured in turn. The table is filled by BatchWriteItem over 16 connections.
// Usage: node --import tsx bench/dynamodb/large-table.ts [--sizes 10000,1000000,10000000] [--rounds 5] [--seconds 1] [--fill-minutes 15]
import { parseArgs } from "node:util";
import { grouped } from "../shared/report.ts";
import type { ServerProcess } from "../shared/server-process.ts";
import { startHeadwater, withServers } from "../shared/servers.ts";
import { compare, type Contender } from "../shared/side-by-side.ts";
import { connect, type WireCall } from "../shared/wire-client.ts";
import {
  createFilled,
  createTable,
  dynamoCall,
  itemOf,
  ITEMS,
  keyOf,
  MOST_PUTS,
  PARTITION_ITEMS,
  putsOf,
  SORTED,
  type BenchTable,
} from "./tables.ts";

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "10000,1000000,10000000" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "1" },
    "fill-minutes": { type: "string", default: "15" },
  },
});
const CLIENTS = 16;
const CALLS = 10_000;
const LARGE: BenchTable = { name: "large", sorted: true };

const OPERATIONS: Readonly<Record<string, (table: BenchTable, index: number) => WireCall>> = {
  GetItem: (table, index) => dynamoCall("GetItem", { TableName: table.name, Key: keyOf(table, index) }),
  Query: (table, index) =>
    dynamoCall("Query", {
      TableName: table.name,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": keyOf(table, index)["pk"] },
    }),
  PutItem: (table, index) =>
    dynamoCall("PutItem", { TableName: table.name, Item: itemOf(table, index, Math.floor(Math.random() * 1e9)) }),
};

/** Puts the items from one number on. @returns how many there are, when the time is over before they are there */
async function fill(port: number, from: number, to: number, deadline: number): Promise<number> {
  let next = from;
  const one = async () => {
    const client = await connect(port, "HTTP/1.1");
    while (next < to && performance.now() < deadline) {
      const at = next;
      next += MOST_PUTS;
      const { status, body } = await client.send(putsOf(LARGE, at));
      if (status !== 200) throw new Error(`BatchWriteItem: ${status} ${body.toString().slice(0, 500)}`);
    }
    client.close();
  };
  await Promise.all(Array.from({ length: CLIENTS }, one));
  return next;
}

async function compareSize(server: ServerProcess, size: number): Promise<void> {
  for (const [operation, callOf] of Object.entries(OPERATIONS)) {
    const contender = (table: BenchTable, items: number): Contender => {
      const calls = Array.from({ length: CALLS }, () => callOf(table, Math.floor(Math.random() * items)));
      return { name: `${grouped(items)} items`, server, prepare: () => Promise.resolve(calls) };
    };
    const small = contender(SORTED, ITEMS);
    await compare([contender(LARGE, size), size === ITEMS ? { ...small, name: "the other table" } : small], {
      ...{ title: operation, unit: "calls", perCall: 1 },
      ...{ rounds: Number(values.rounds), seconds: Number(values.seconds), clients: [CLIENTS], wires: ["HTTP/1.1"] },
    });
  }
}

await withServers(async (keep) => {
  const server = await keep(startHeadwater());
  await createFilled(server.port, SORTED);
  await createTable(server.port, LARGE);
  const deadline = performance.now() + Number(values["fill-minutes"]) * 60_000;
  let filled = 0;
  for (const size of values.sizes.split(",").map(Number)) {
    const [startedAt, before] = [performance.now(), filled];
    filled = await fill(server.port, filled, size, deadline);
    const seconds = (performance.now() - startedAt) / 1000;
    console.log(
      `Filled from ${grouped(before)} to ${grouped(filled)} items in ${seconds.toFixed(0)} s (${grouped((filled - before) / seconds)} items/s)` +
        (filled < size ? `; ${grouped(size)} would have taken longer than the fill may` : ""),
    );
    await compareSize(server, filled - (filled % PARTITION_ITEMS));
    if (filled < size) break;
  }
});
