// The time of a warm Invoke, one at a time: ours against a bare node:http server that parses the same JSON, in one run,
// rounds in turn. Beside it invocations a second over 8 connections, each with an environment of its own, and a cold start.
// Usage: node --import tsx bench/lambda/invoke.ts [--rounds 5] [--calls 2000]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient, type IAMClientConfig } from "@aws-sdk/client-iam";
import AdmZip from "adm-zip";
import { RawClient } from "../shared/raw-client.ts";
import { grouped, median, medianRatio } from "../shared/report.ts";
import { freePort, startServer } from "../shared/server-process.ts";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, calls: { type: "string", default: "2000" } },
});
const ROUNDS = Number(options.rounds);
const CALLS = Number(options.calls);
const CONNECTIONS = 8;
const HANDLER = "exports.handler = async (event) => ({ sum: event.values.reduce((a, b) => a + b, 0) });";
const EVENT = JSON.stringify({ values: Array.from({ length: 20 }, (_, i) => i), text: "x".repeat(200) });

const ROLE = "arn:aws:iam::000000000000:role/bench";

async function makeRole(config: IAMClientConfig): Promise<void> {
  const statement = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: statement });
  const iam = new IAMClient(config);
  await iam.send(new CreateRoleCommand({ RoleName: "bench", AssumeRolePolicyDocument }));
  const PolicyArn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
  await iam.send(new AttachRolePolicyCommand({ RoleName: "bench", PolicyArn }));
  iam.destroy();
}

function request(path: string, body: string): Buffer {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Date: 20260101T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 ` +
      "Credential=test/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0\r\n" +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

async function create(client: RawClient, name: string): Promise<void> {
  const zip = new AdmZip();
  zip.addFile("index.js", Buffer.from(HANDLER));
  const body = JSON.stringify({
    FunctionName: name,
    Runtime: "nodejs20.x",
    Handler: "index.handler",
    Role: ROLE,
    Code: { ZipFile: zip.toBuffer().toString("base64") },
  });
  const answer = await client.send(request("/2015-03-31/functions", body));
  if (answer.status !== 201) throw new Error(answer.body.toString());
}

const invoke = (name: string) => request(`/2015-03-31/functions/${name}/invocations`, EVENT);

async function call(client: RawClient, bytes: Buffer): Promise<number> {
  const startedAt = performance.now();
  const answer = await client.send(bytes);
  if (answer.status !== 200) throw new Error(answer.body.toString());
  return performance.now() - startedAt;
}

async function latencies(client: RawClient, bytes: Buffer): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < CALLS; i++) taken.push(await call(client, bytes));
  return taken.toSorted((a, b) => a - b);
}

async function perSecond(port: number, bytes: Buffer): Promise<number> {
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => RawClient.connect(port)));
  await Promise.all(clients.map((client) => call(client, bytes)));
  const startedAt = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (let i = 0; i < CALLS / CONNECTIONS; i++) await call(client, bytes);
    }),
  );
  const rate = CALLS / ((performance.now() - startedAt) / 1000);
  for (const client of clients) client.close();
  return rate;
}

const dataDirectory = mkdtempSync(join(tmpdir(), "headwater-bench-"));
const [ourPort, barePort] = [await freePort(), await freePort()];
const ours = await startServer(
  ["--import", "tsx", "bench/shared/headwater-server.ts", String(ourPort), dataDirectory],
  ourPort,
);
const bare = await startServer(["bench/shared/bare-server.mjs", String(barePort)], barePort);
const results = {
  ours: [] as number[],
  bare: [] as number[],
  p99: [] as number[],
  cold: [] as number[],
  rate: [] as number[],
};
try {
  const ourClient = await RawClient.connect(ourPort);
  const bareClient = await RawClient.connect(barePort);
  await makeRole({
    endpoint: `http://127.0.0.1:${ourPort}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  await create(ourClient, "warm");
  await latencies(ourClient, invoke("warm"));
  await latencies(bareClient, invoke("warm"));
  for (let round = 0; round < ROUNDS; round++) {
    const taken = await latencies(ourClient, invoke("warm"));
    results.ours.push(median(taken));
    results.p99.push(taken[Math.floor(CALLS * 0.99)] as number);
    results.bare.push(median(await latencies(bareClient, invoke("warm"))));
    await create(ourClient, `cold-${round}`);
    results.cold.push(await call(ourClient, invoke(`cold-${round}`)));
    results.rate.push(await perSecond(ourPort, invoke("warm")));
  }
  ourClient.close();
  bareClient.close();
} finally {
  await ours[Symbol.asyncDispose]();
  await bare[Symbol.asyncDispose]();
  rmSync(dataDirectory, { recursive: true, force: true });
}
const ms = (values: readonly number[]) => `${median(values).toFixed(3)} ms`;
console.log(
  `warm Invoke: p50 ${ms(results.ours)}, p99 ${ms(results.p99)}; bare node:http p50 ${ms(results.bare)}, ` +
    `ratio ${medianRatio(results.ours, results.bare).toFixed(1)}`,
);
console.log(
  `${CONNECTIONS} connections: ${grouped(median(results.rate))} invocations/s; cold start ${ms(results.cold)}`,
);
