import http from "node:http";
import { CloudFormationClient, ValidateTemplateCommand } from "@aws-sdk/client-cloudformation";
import { CreateFunctionCommand, GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import AdmZip from "adm-zip";
import { type RunningEmulator, startEmulator } from "../../emulator/index.ts";
import { makeRole } from "../role.ts";
import { HttpEndpoint } from "../sns/http-endpoint.ts";

const PUBLIC_ENDPOINT = "http://emulator.test:8080";

let open: RunningEmulator;
let loopback: RunningEmulator;

beforeAll(async () => {
  open = await startEmulator({ port: 0, host: "0.0.0.0", publicEndpoint: PUBLIC_ENDPOINT, logLevel: "error" });
  loopback = await startEmulator({ port: 0, logLevel: "error" });
});

afterAll(async () => {
  await open.stop();
  await loopback.stop();
});

function statusFor(emulator: RunningEmulator, headers: http.OutgoingHttpHeaders): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    http
      .get(`${emulator.endpoint}/_headwater/health`, { headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
      .on("error", reject);
  });
}

const LOCAL_NAMES = [
  "emulator:4566",
  "headwater_emulator_1",
  "172.17.0.2:4566",
  "[fd00::2]:4566",
  "host.docker.internal:32768",
  "laptop.local",
  "emulator.default.svc.cluster.local",
];

describe("an emulator that listens on every address", () => {
  it.each(LOCAL_NAMES)("goes by %s, which nobody can register", async (host) => {
    expect(await statusFor(open, { host })).toBe(200);
  });

  it.each(["attacker.example", "localhost.attacker.example", "172.17.0.2.attacker.example", "local.attacker.example"])(
    "does not go by %s",
    async (host) => {
      expect(await statusFor(open, { host })).toBe(403);
    },
  );

  it("takes no requests of pages at such names", async () => {
    for (const origin of ["http://intranet", "http://192.168.1.7", "http://host.docker.internal:3000"]) {
      expect(await statusFor(open, { host: "emulator:4566", origin })).toBe(403);
    }
  });
});

describe("an emulator that listens on the loopback address", () => {
  it.each(LOCAL_NAMES)("does not go by %s", async (host) => {
    expect(await statusFor(loopback, { host })).toBe(403);
  });
});

describe("URLs in answers", () => {
  /** As a mapped port does, it reaches the emulator by another name than its own. */
  const config = () => ({
    ...open.clientConfig(),
    endpoint: `http://localhost:${open.port}`,
    forcePathStyle: true,
  });

  it("name a queue where the caller has reached the emulator", async () => {
    const sqs = new SQSClient(config());
    const url = `http://localhost:${open.port}/000000000000/named`;
    expect((await sqs.send(new CreateQueueCommand({ QueueName: "named" }))).QueueUrl).toBe(url);
    expect((await sqs.send(new ListQueuesCommand())).QueueUrls).toEqual([url]);
  });

  it("name the code of a function there, and it can be fetched", async () => {
    const lambda = new LambdaClient(config());
    const zip = new AdmZip();
    zip.addFile("index.mjs", Buffer.from("export const handler = () => 1;"));
    const Role = await makeRole(open.clientConfig(), "names");
    const FunctionName = "named";
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Role,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Code: { ZipFile: zip.toBuffer() },
      }),
    );
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName }));
    expect(Code?.Location).toMatch(new RegExp(`^http://localhost:${open.port}/`));
    expect((await fetch(Code!.Location!)).status).toBe(200);
  });

  it("name an object that was put together from parts by the URL of the request", async () => {
    const s3 = new S3Client(config());
    await s3.send(new CreateBucketCommand({ Bucket: "named" }));
    const place = { Bucket: "named", Key: "a folder/ä" };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(place));
    const { ETag } = await s3.send(new UploadPartCommand({ ...place, UploadId, PartNumber: 1, Body: "text" }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const { Location } = await s3.send(new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload }));
    expect(Location).toBe(`http://localhost:${open.port}/named/a%20folder/%C3%A4`);
  });

  it("are taken back: a template is read from the bucket under the caller's name", async () => {
    const s3 = new S3Client(config());
    await s3.send(new CreateBucketCommand({ Bucket: "templates" }));
    const Body = JSON.stringify({ Description: "read", Resources: { T: { Type: "AWS::SNS::Topic" } } });
    await s3.send(new PutObjectCommand({ Bucket: "templates", Key: "t.json", Body }));
    const cloudFormation = new CloudFormationClient(config());
    const TemplateURL = `http://localhost:${open.port}/templates/t.json`;
    expect((await cloudFormation.send(new ValidateTemplateCommand({ TemplateURL }))).Description).toBe("read");
  });
});

describe("links in messages", () => {
  it("name the public endpoint", async () => {
    await using endpoint = await HttpEndpoint.open();
    const sns = new SNSClient(open.clientConfig());
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "named" }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "http", Endpoint: endpoint.url }));
    const confirmation = await endpoint.post(1);
    expect(confirmation.json["SubscribeURL"]).toMatch(new RegExp(`^${PUBLIC_ENDPOINT}/\\?Action=ConfirmSubscription`));
    expect(confirmation.json["SigningCertURL"]).toMatch(new RegExp(`^${PUBLIC_ENDPOINT}/SimpleNotificationService-`));
  });
});
