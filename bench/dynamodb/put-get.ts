// PutItem and GetItem a second: ours against the npm package dynalite, in one run, each a process of its own, rounds in
// turn. 16 connections that stay open, items of 200 bytes, 10,000 keys. "streamed" is ours again, the table with a stream of both
// images: every PutItem changes its item.
// Usage: npx tsx bench/dynamodb/put-get.ts [--rounds 5] [--seconds 3] [--only headwater]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { RawClient } from "../shared/raw-client.ts";
import { grouped, median, medianRatio } from "../shared/report.ts";
import { freePort, startServer, type ServerProcess } from "../shared/server-process.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    only: { type: "string" },
    node: { type: "string", multiple: true, default: [] },
  },
});
const CONNECTIONS = 16;
const KEYS = 10_000;
const WARM_UP_SECONDS = 2;
const TABLE = "bench";

function request(operation: string, input: object): Buffer {
  const body = JSON.stringify(input);
  return Buffer.from(
    `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: DynamoDB_20120810.${operation}\r\n` +
      "X-Amz-Date: 20260101T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 " +
      "Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0\r\n" +
      `Content-Type: application/x-amz-json-1.0\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

const key = (i: number) => ({ pk: { S: `item-${i}` } });
const REQUESTS: Readonly<Record<string, readonly Buffer[]>> = {
  // made beforehand: the client's own work is not what is measured
  PutItem: Array.from({ length: 2 * KEYS }, (_, i) =>
    request("PutItem", {
      TableName: TABLE,
      Item: { ...key(i % KEYS), count: { N: String(i) }, county: { S: "Delaware" }, note: { S: "x".repeat(160) } },
    }),
  ),
  GetItem: Array.from({ length: KEYS }, (_, i) => request("GetItem", { TableName: TABLE, Key: key(i) })),
};

async function createTable(port: number, streamed: boolean): Promise<void> {
  const client = await RawClient.connect(port);
  await client.send(
    request("CreateTable", {
      TableName: TABLE,
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
      ...(streamed && { StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" } }),
    }),
  );
  const isActive = async () =>
    (await client.send(request("DescribeTable", { TableName: TABLE }))).body.includes('"ACTIVE"');
  while (!(await isActive()));
  client.close();
}

async function perSecond(port: number, requests: readonly Buffer[], seconds: number): Promise<number> {
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => RawClient.connect(port)));
  let sent = 0;
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < until) {
        const answer = await client.send(requests[sent++ % requests.length] as Buffer);
        if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.body.toString()}`);
      }
    }),
  );
  const rate = sent / ((performance.now() - startedAt) / 1000);
  for (const client of clients) client.close();
  return rate;
}

async function start(name: string, dataDirectory: string): Promise<ServerProcess> {
  const port = await freePort();
  const args =
    name !== "dynalite"
      ? [
          ...options.node,
          "--import",
          "tsx",
          "bench/shared/headwater-server.ts",
          String(port),
          join(dataDirectory, name),
        ]
      : ["bench/dynamodb/dynalite-server.mjs", String(port)];
  const server = await startServer(args, port);
  await createTable(port, name === "streamed");
  return server;
}

const dataDirectory = mkdtempSync(join(tmpdir(), "headwater-bench-"));
const names = options.only === undefined ? ["headwater", "streamed", "dynalite"] : [options.only];
const rates: Record<string, Record<string, number[]>> = { PutItem: {}, GetItem: {} };
const servers: ServerProcess[] = [];
try {
  for (const name of names) servers.push(await start(name, dataDirectory));
  // what both compile and lay out once is not what is measured
  for (const requests of Object.values(REQUESTS)) {
    for (const server of servers) await perSecond(server.port, requests, WARM_UP_SECONDS);
  }
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [operation, requests] of Object.entries(REQUESTS)) {
      for (const [i, server] of servers.entries()) {
        const rate = await perSecond(server.port, requests, Number(options.seconds));
        ((rates[operation] ??= {})[names[i] as string] ??= []).push(rate);
        console.error(`${operation} ${names[i]} ${grouped(rate)}/s`);
      }
    }
  }
} finally {
  for (const server of servers) await server[Symbol.asyncDispose]();
  rmSync(dataDirectory, { recursive: true, force: true });
}
for (const [operation, { headwater = [], streamed = [], dynalite = [] }] of Object.entries(rates)) {
  console.log(
    `${operation}: headwater ${grouped(median(headwater))}/s` +
      (streamed.length > 0
        ? `, with a stream ${grouped(median(streamed))}/s, ratio ${medianRatio(streamed, headwater).toFixed(2)}`
        : "") +
      (dynalite.length > 0
        ? `, dynalite ${grouped(median(dynalite))}/s, ratio ${medianRatio(headwater, dynalite).toFixed(2)}`
        : ""),
  );
}
