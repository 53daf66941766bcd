// Pages of ListObjectsV2 of a bucket with many keys: at its start, in its middle and at its end, and the same of common prefixes. A page costs as
// much wherever it is. Usage: node --import tsx bench/s3/listing.ts [--keys 1000000] [--pages 50] [--profile DIR]
import { parseArgs } from "node:util";
import { median, percentile } from "../shared/report.ts";
import { withServers } from "../shared/servers.ts";
import { connect, type WireCall } from "../shared/wire-client.ts";
import { BUCKET, s3Call, send, type S3Server } from "./calls.ts";
import { startOurs } from "./servers.ts";

const FOLDERS = 1_000;
const CLIENTS = 16;

const { values } = parseArgs({
  options: {
    keys: { type: "string", default: "1000000" },
    pages: { type: "string", default: "50" },
    profile: { type: "string" },
  },
});
const keys = Number(values.keys);
const pages = Number(values.pages);
const inFolder = Math.ceil(keys / FOLDERS);

const padded = (value: number): string => String(value).padStart(7, "0");
const folderOf = (index: number): string => `folder-${padded(Math.floor(index / inFolder))}`;
const keyOf = (index: number): string => `${folderOf(index)}/key-${padded(index)}`;

async function fill(to: S3Server): Promise<void> {
  // signed with what a signature names only: ours is asked for no more
  const { authorization = "", host = "" } = s3Call(to, { method: "GET", path: "/" }).headers as Record<string, string>;
  const tail = `Host: ${host}\r\nAuthorization: ${authorization}\r\nContent-Length: 1\r\n\r\nx`;
  let next = 0;
  const startedAt = performance.now();
  const fillFrom = async (): Promise<void> => {
    const client = await connect(to.server.port, "HTTP/1.1");
    while (next < keys) {
      const http1 = Buffer.from(`PUT /${BUCKET}/${keyOf(next++)} HTTP/1.1\r\n${tail}`);
      const { status, body } = await client.send({ http1, headers: {}, body: Buffer.alloc(0) });
      if (status !== 200) throw new Error(`${status}: ${body.toString().slice(0, 500)}`);
    }
    client.close();
  };
  await Promise.all(Array.from({ length: CLIENTS }, fillFrom));
  console.log(`${keys} keys were put in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
}

interface Place {
  readonly name: string;
  readonly after?: string;
}

async function measurePages(to: S3Server, title: string, query: string, places: readonly Place[]): Promise<void> {
  const client = await connect(to.server.port, "HTTP/1.1");
  const taken = new Map<string, number[]>(places.map(({ name }) => [name, []]));
  const calls = places.map(({ name, after }): [string, WireCall] => {
    const from = after === undefined ? "" : `&start-after=${encodeURIComponent(after)}`;
    return [name, s3Call(to, { method: "GET", path: `/${BUCKET}`, query: `list-type=2&${query}${from}` })];
  });
  // in turn, so that what else the machine does falls on all places; the first pages are to get warm
  for (let page = -Math.ceil(pages / 5); page < pages; page++) {
    for (const [name, call] of calls) {
      const startedAt = performance.now();
      const { status, body } = await client.send(call);
      const ms = performance.now() - startedAt;
      if (status !== 200) throw new Error(`${status}: ${body.toString().slice(0, 500)}`);
      if (page >= 0) taken.get(name)?.push(ms);
    }
  }
  client.close();
  console.log(`${title}:`);
  const first = median([...taken.values()][0] ?? []);
  for (const [name, ms] of taken) {
    console.log(
      `  ${name.padEnd(10)} p50 ${percentile(ms, 0.5).toFixed(2)} ms, p99 ${percentile(ms, 0.99).toFixed(2)} ms, ` +
        `${(median(ms) / first).toFixed(2)} of the first`,
    );
  }
}

await withServers(async (keep) => {
  const to = await startOurs(values.profile);
  await keep(Promise.resolve(to.server));
  await send(to, { method: "PUT", path: `/${BUCKET}` });
  await fill(to);
  await measurePages(to, `1,000 of ${keys} keys`, "", [
    { name: "start" },
    { name: "middle", after: keyOf(Math.floor(keys / 2)) },
    { name: "end", after: keyOf(keys - 1_001) },
  ]);
  const folders = Math.ceil(keys / inFolder);
  await measurePages(to, `100 of ${folders} common prefixes`, "delimiter=%2F&max-keys=100", [
    { name: "start" },
    { name: "middle", after: folderOf(keys / 2) },
    { name: "end", after: folderOf(keys - 100 * inFolder) },
  ]);
});
