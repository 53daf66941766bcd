// The share of a call's time that the evaluation of policies takes: the calls of a deployed function's role on two emulators in
// turn, one of them with --iam off; and by the samples of a CPU profile of a third one, which the noise of a machine disturbs less.
// Usage: node --import tsx bench/iam.ts [--rounds 15] [--calls 3000]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateStreamCommand, DescribeStreamSummaryCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { busyShare, EVALUATION, monotonicUs } from "./shared/cpu-profile.ts";
import { startArguments } from "./shared/headwater-command.ts";
import { RawClient } from "./shared/raw-client.ts";
import { median, medianRatio } from "./shared/report.ts";
import { freePort, startServer } from "./shared/server-process.ts";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, calls: { type: "string", default: "3000" } },
});
const ROUNDS = Number(options.rounds);
const CALLS = Number(options.calls);
const PROFILED_ROUNDS = 5;
const ACCOUNT = "000000000000";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/bench`;

const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string | string[], Resource: string, rest: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...rest,
});

/** As a pipeline's function has them: a handful of narrow statements, one of them with a condition, and a managed policy. */
const PERMISSIONS = document(
  allow(
    ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:PutRecords"],
    `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/bench`,
  ),
  allow(["dynamodb:GetItem", "dynamodb:PutItem"], `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/bench`),
  allow("s3:PutObject", "arn:aws:s3:::bench/*", { Condition: { StringEquals: { "aws:PrincipalAccount": ACCOUNT } } }),
  allow("s3:ListBucket", "arn:aws:s3:::bench"),
);
const BUCKET_POLICY = document({
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: ["arn:aws:s3:::bench", "arn:aws:s3:::bench/*"],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});

/** The requests of one role on one emulator, as bytes. */
async function prepare(port: number): Promise<Buffer[]> {
  const config = {
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
  const iam = new IAMClient(config);
  const trust = document({ ...allow("sts:AssumeRole", ""), Resource: undefined, Principal: { AWS: ACCOUNT } });
  await iam.send(new CreateRoleCommand({ RoleName: "bench", AssumeRolePolicyDocument: trust }));
  await iam.send(new PutRolePolicyCommand({ RoleName: "bench", PolicyName: "p", PolicyDocument: PERMISSIONS }));
  const PolicyArn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
  await iam.send(new AttachRolePolicyCommand({ RoleName: "bench", PolicyArn }));
  await new DynamoDBClient(config).send(
    new CreateTableCommand({
      TableName: "bench",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "k", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "k", AttributeType: "S" }],
    }),
  );
  const kinesis = new KinesisClient(config);
  await kinesis.send(new CreateStreamCommand({ StreamName: "bench", StreamModeDetails: { StreamMode: "ON_DEMAND" } }));
  let status: string | undefined;
  while (status !== "ACTIVE") {
    const answer = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: "bench" }));
    status = answer.StreamDescriptionSummary?.StreamStatus;
  }
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "bench" }));
  await s3.send(new PutBucketPolicyCommand({ Bucket: "bench", Policy: BUCKET_POLICY }));
  const { Credentials } = await new STSClient(config).send(
    new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: "bench" }),
  );
  const request = (service: string, head: string, headers: string, body: string) =>
    Buffer.from(
      `${head} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Date: 20260101T000000Z\r\nX-Amz-Security-Token: ${Credentials?.SessionToken}\r\n` +
        `Authorization: AWS4-HMAC-SHA256 Credential=${Credentials?.AccessKeyId}/20260101/us-east-1/${service}/aws4_request, ` +
        `SignedHeaders=host, Signature=0\r\n${headers}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  const json = (service: string, target: string, type: string, body: object) =>
    request(service, "POST /", `Content-Type: ${type}\r\nX-Amz-Target: ${target}`, JSON.stringify(body));
  const Data = Buffer.from("x".repeat(200)).toString("base64");
  const Records = Array.from({ length: 10 }, (_, index) => ({ Data, PartitionKey: `key-${index}` }));
  return [
    json("dynamodb", "DynamoDB_20120810.PutItem", "application/x-amz-json-1.0", {
      TableName: "bench",
      Item: { k: { S: "key" }, text: { S: "x".repeat(200) } },
    }),
    json("kinesis", "Kinesis_20131202.PutRecords", "application/x-amz-json-1.1", { StreamName: "bench", Records }),
    request(
      "s3",
      "PUT /bench/some/key",
      "Content-Type: text/plain\r\nX-Amz-Content-Sha256: UNSIGNED-PAYLOAD",
      "x".repeat(500),
    ),
  ];
}

/** Microseconds of one call, over many calls of each kind in turn. */
async function perCall(client: RawClient, requests: readonly Buffer[]): Promise<number> {
  const startedAt = performance.now();
  for (let index = 0; index < CALLS; index++) {
    const answer = await client.send(requests[index % requests.length] as Buffer);
    if (answer.status !== 200) throw new Error(answer.body.toString());
  }
  return ((performance.now() - startedAt) / CALLS) * 1000;
}

const directory = mkdtempSync(join(tmpdir(), "headwater-bench-"));
/** `headwater start` as it is built. */
const server = async (name: string, nodeFlags: readonly string[] = [], ...flags: string[]) => {
  const port = await freePort();
  return startServer([...nodeFlags, ...startArguments(port, join(directory, name)), ...flags], port);
};

/** The share of evaluation in the busy time of an emulator that is profiled. */
async function profiledShare(): Promise<number> {
  const folder = join(directory, "profile");
  const profiled = await server("profiled", ["--cpu-prof", "--cpu-prof-interval=500", `--cpu-prof-dir=${folder}`]);
  let [fromUs, toUs] = [0, 0];
  try {
    const requests = await prepare(profiled.port);
    const client = await RawClient.connect(profiled.port);
    await perCall(client, requests);
    fromUs = monotonicUs();
    for (let round = 0; round < PROFILED_ROUNDS; round++) await perCall(client, requests);
    toUs = monotonicUs();
    client.close();
  } finally {
    // it writes its profile when it ends
    await profiled[Symbol.asyncDispose]();
  }
  return busyShare(folder, EVALUATION, fromUs, toUs);
}

async function pairedShare(): Promise<{ share: number; on: number; off: number }> {
  await using on = await server("on");
  await using off = await server("off", [], "--iam", "off");
  const [onRequests, offRequests] = [await prepare(on.port), await prepare(off.port)];
  const [onClient, offClient] = [await RawClient.connect(on.port), await RawClient.connect(off.port)];
  await perCall(onClient, onRequests);
  await perCall(offClient, offRequests);
  const taken = { on: [] as number[], off: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    taken.on.push(await perCall(onClient, onRequests));
    taken.off.push(await perCall(offClient, offRequests));
  }
  for (const client of [onClient, offClient]) client.close();
  return { share: 1 - 1 / medianRatio(taken.on, taken.off), on: median(taken.on), off: median(taken.off) };
}

try {
  const { share, on, off } = await pairedShare();
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
  console.log(
    `PutItem, PutRecords, PutObject of a role: ${on.toFixed(1)} us a call, ` +
      `${off.toFixed(1)} us with --iam off; evaluation takes ${percent(share)} of the time`,
  );
  console.log(`by a CPU profile of the emulator: ${percent(await profiledShare())} of its busy time`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
