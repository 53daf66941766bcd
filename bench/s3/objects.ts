// Objects a second through HTTP: PutObject and GetObject of 1 KB and of 1 MB, and listings of 100,000 keys, beside a bare server
// that reads the same bodies. Usage: node --import tsx bench/s3/objects.ts
import http from "node:http";
import type { AddressInfo } from "node:net";
import { startEmulator } from "../../emulator/index.ts";

const CONNECTIONS = 8;
const KEYS = 100_000;
const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const authorization =
  "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

function send(endpoint: string, method: string, path: string, body?: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization, "content-length": body?.length ?? 0 };
    const request = http.request(endpoint + path, { method, agent, headers }, (response) => {
      let size = 0;
      response.on("data", (chunk: Buffer) => (size += chunk.length));
      response.on("end", () =>
        response.statusCode === 200 ? resolve(size) : reject(new Error(`status ${response.statusCode}`)),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** Calls a second of `count` calls over all connections. */
async function rate(count: number, call: (index: number) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < count) await call(next++);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return Math.round((count / (performance.now() - start)) * 1000);
}

const bare = http.createServer((request, response) => {
  request.on("data", () => {});
  request.on("end", () => response.end());
});
await new Promise<void>((resolve) => bare.listen(0, "127.0.0.1", resolve));
const bareEndpoint = `http://127.0.0.1:${(bare.address() as AddressInfo).port}`;

await using emulator = await startEmulator({ port: 0, logLevel: "error" });
const { endpoint } = emulator;
await send(endpoint, "PUT", "/bench");
const rows: Record<string, string | number>[] = [];
for (const [name, size, count] of [
  ["1 KB", 1024, 10_000],
  ["1 MB", 1024 * 1024, 300],
] as const) {
  const body = Buffer.alloc(size, 7);
  const put = (to: string) => (index: number) => send(to, "PUT", `/bench/${name[2]}/${index}`, body);
  await rate(Math.min(count, 500), put(endpoint));
  rows.push({
    call: `PutObject ${name}`,
    "per second": await rate(count, put(endpoint)),
    "bare server": await rate(count, put(bareEndpoint)),
  });
  rows.push({
    call: `GetObject ${name}`,
    "per second": await rate(count, (index) => send(endpoint, "GET", `/bench/${name[2]}/${index}`)),
  });
}
await rate(KEYS, (index) => send(endpoint, "PUT", `/bench/list/${index % 100}/${index}`, Buffer.from("x")));
rows.push({
  call: `ListObjectsV2 1,000 of ${KEYS}`,
  "per second": await rate(200, () => send(endpoint, "GET", "/bench?list-type=2&prefix=list/50")),
});
rows.push({
  call: `ListObjectsV2 100 prefixes of ${KEYS}`,
  "per second": await rate(500, () => send(endpoint, "GET", "/bench?list-type=2&prefix=list/&delimiter=/")),
});
console.table(rows);
bare.close();
agent.destroy();
