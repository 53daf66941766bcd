// POST through API Gateway to a Lambda function (proxy integration) that answers at once: requests a second and the time of a
// request over 1, 8 and 32 connections. Beside it direct Invoke calls of the same function and a bare node:http server that
// parses the same JSON, all in one run, rounds in turn. The emulator is the built
// one, with data on disk. Each connection has one request under way.
// Usage: node --import tsx bench/apigateway/post.ts [--rounds 5] [--calls 3000] [--profile DIR]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from "@aws-sdk/client-api-gateway";
import { AddPermissionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { clientConfig, type Config, makeFunction, makeRole } from "../shared/fixture.ts";
import { startArguments } from "../shared/headwater-command.ts";
import { RawClient } from "../shared/raw-client.ts";
import { grouped, median, medianRatio, percentile } from "../shared/report.ts";
import { freePort, startServer } from "../shared/server-process.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    calls: { type: "string", default: "3000" },
    profile: { type: "string" },
  },
});
const ROUNDS = Number(options.rounds);
const CALLS = Number(options.calls);
const CONNECTIONS = [1, 8, 32];
const NAMES = ["api", "invoke", "bare"] as const;
type Name = (typeof NAMES)[number];

const HANDLER = 'exports.handler = async () => ({ statusCode: 202, body: "{}" });';
const EVENT = JSON.stringify({ sensor_id: "4e8a", temperature: 21.5, text: "x".repeat(200) });
const SIGNED =
  "X-Amz-Date: 20260101T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, " +
  "SignedHeaders=host, Signature=0\r\n";

const post = (path: string, headers = "") =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}Content-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(EVENT)}\r\n\r\n${EVENT}`,
  );

/** POST /events of a deployed API goes to the function; its id. */
async function makeApi(config: Config, functionArn: string): Promise<string> {
  const gateway = new APIGatewayClient(config);
  const { id: restApiId, rootResourceId: parentId } = await gateway.send(new CreateRestApiCommand({ name: "bench" }));
  const { id: resourceId } = await gateway.send(new CreateResourceCommand({ restApiId, parentId, pathPart: "events" }));
  const method = { restApiId, resourceId, httpMethod: "POST" };
  await gateway.send(new PutMethodCommand({ ...method, authorizationType: "NONE" }));
  const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
  await gateway.send(new PutIntegrationCommand({ ...method, type: "AWS_PROXY", integrationHttpMethod: "POST", uri }));
  await gateway.send(new CreateDeploymentCommand({ restApiId, stageName: "v1" }));
  gateway.destroy();
  const lambda = new LambdaClient(config);
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: functionArn,
      StatementId: "api",
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn: `arn:aws:execute-api:us-east-1:000000000000:${restApiId}/*/POST/events`,
    }),
  );
  lambda.destroy();
  return restApiId!;
}

interface Outcome {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

async function measure(port: number, request: Buffer, connections: number, calls: number): Promise<Outcome> {
  const clients = await Promise.all(Array.from({ length: connections }, () => RawClient.connect(port)));
  const taken: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (let call = 0; call < calls / connections; call++) {
        const sentAt = performance.now();
        const { status, body } = await client.send(request);
        if (status < 200 || status > 202) throw new Error(`${status} ${body.toString()}`);
        taken.push(performance.now() - sentAt);
      }
    }),
  );
  const rate = taken.length / ((performance.now() - startedAt) / 1000);
  for (const client of clients) client.close();
  return { rate, p50: percentile(taken, 0.5), p99: percentile(taken, 0.99) };
}

const dataDirectory = mkdtempSync(join(tmpdir(), "headwater-bench-"));
const [ourPort, barePort] = [await freePort(), await freePort()];
const profile = options.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${options.profile}`];
const ours = await startServer([...profile, ...startArguments(ourPort, dataDirectory)], ourPort);
const bare = await startServer(["bench/shared/bare-server.mjs", String(barePort)], barePort);
try {
  const config = clientConfig(ourPort);
  const role = await makeRole(config, "bench", "lambda.amazonaws.com");
  const apiId = await makeApi(config, await makeFunction(config, "bench", role, HANDLER));
  const targets: Record<Name, readonly [number, Buffer]> = {
    api: [ourPort, post(`/restapis/${apiId}/v1/_user_request_/events`)],
    invoke: [ourPort, post("/2015-03-31/functions/bench/invocations", SIGNED)],
    bare: [barePort, post("/events")],
  };
  console.log("POST through API Gateway to Lambda, beside a direct Invoke and a bare node:http server:");
  for (const connections of CONNECTIONS) {
    const results: Record<Name, Outcome[]> = { api: [], invoke: [], bare: [] };
    // every connection gets its environment
    for (const name of NAMES) await measure(...targets[name], connections, Math.max(CALLS / 4, connections * 10));
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of NAMES) results[name].push(await measure(...targets[name], connections, CALLS));
    }
    const of = (name: Name, figure: keyof Outcome) => results[name].map((outcome) => outcome[figure]);
    const text = (name: Name) =>
      `${grouped(median(of(name, "rate")))}/s, p50 ${median(of(name, "p50")).toFixed(2)} ms, ` +
      `p99 ${median(of(name, "p99")).toFixed(2)} ms`;
    const ratio = (name: Name) => medianRatio(of("api", "rate"), of(name, "rate")).toFixed(2);
    console.log(
      `  ${String(connections).padStart(2)} connections: API ${text("api")}; Invoke ${text("invoke")}, API is ` +
        `${ratio("invoke")} of it; bare ${text("bare")}, API is ${ratio("bare")} of it`,
    );
  }
} finally {
  await ours[Symbol.asyncDispose]();
  await bare[Symbol.asyncDispose]();
  rmSync(dataDirectory, { recursive: true, force: true });
}
