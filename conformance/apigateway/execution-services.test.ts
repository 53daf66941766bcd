import { describe, expect, it } from "@jest/globals";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateStreamCommand,
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
} from "@aws-sdk/client-kinesis";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { makeRole, policyOf } from "../role.ts";
import { eventually, useClient } from "../target.ts";
import { ExecutionFixture, postJson, read } from "./execution-fixture.ts";

const SERVICE = "apigateway.amazonaws.com";

describe("integrations with services of AWS", () => {
  const aws = new ExecutionFixture();
  const kinesis = useClient(new KinesisClient(aws.target.clientConfig()));
  const sqs = useClient(new SQSClient(aws.target.clientConfig()));
  const sns = useClient(new SNSClient(aws.target.clientConfig()));
  const s3 = useClient(new S3Client({ ...aws.target.clientConfig(), forcePathStyle: true }));
  let credentials = "";

  beforeAll(async () => {
    credentials = await makeRole(aws.target.clientConfig(), "gateway", { service: SERVICE });
  });

  const to = (uri: string, more: object = {}) => ({
    type: "AWS" as const,
    integrationHttpMethod: "POST",
    uri: `arn:aws:apigateway:us-east-1:${uri}`,
    credentials,
    ...more,
  });

  describe("behaviour", () => {
    it("call actions of Kinesis as the role", async () => {
      await kinesis.send(new CreateStreamCommand({ StreamName: "orders", ShardCount: 1 }));
      await eventually("the stream is active", async () => {
        const { StreamDescription } = await kinesis.send(new DescribeStreamCommand({ StreamName: "orders" }));
        return StreamDescription?.StreamStatus === "ACTIVE" ? true : undefined;
      });
      const { url } = await aws.deploy({
        methods: {
          "POST /orders": {
            integration: to("kinesis:action/PutRecord", {
              requestTemplates: {
                "application/json": `{"StreamName": "orders", "Data": "$util.base64Encode($input.json('$'))", "PartitionKey": "$input.path('$.id')"}`,
              },
            }),
            responses: { 200: { responseTemplates: { "application/json": `{"shard": $input.json('$.ShardId')}` } } },
          },
        },
      });
      expect(await read(postJson(`${url}/orders`, { id: "a", n: 1 }))).toMatchObject({
        status: 200,
        json: { shard: "shardId-000000000000" },
      });
      const { ShardIterator } = await kinesis.send(
        new GetShardIteratorCommand({
          StreamName: "orders",
          ShardId: "shardId-000000000000",
          ShardIteratorType: "TRIM_HORIZON",
        }),
      );
      const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
      expect(Records.map(({ Data }) => Buffer.from(Data ?? []).toString())).toEqual(['{"id":"a","n":1}']);
    });

    it("send forms to the path of a queue, and to an action of SNS", async () => {
      const fromTopics = policyOf({
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: "*",
      });
      const { QueueUrl } = await sqs.send(
        new CreateQueueCommand({ QueueName: "inbox", Attributes: { Policy: fromTopics } }),
      );
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "news" }));
      await sns.send(
        new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: "arn:aws:sqs:us-east-1:000000000000:inbox" }),
      );
      const form = { "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'" };
      const { url } = await aws.deploy({
        methods: {
          "POST /queue": {
            integration: to("sqs:path/000000000000/inbox", {
              requestParameters: form,
              requestTemplates: { "application/json": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)" },
            }),
            responses: { 200: {} },
          },
          "POST /json": {
            integration: to("sqs:action/SendMessage", {
              requestParameters: {
                "integration.request.header.Content-Type": "'application/x-amz-json-1.0'",
                "integration.request.header.X-Amz-Target": "'AmazonSQS.SendMessage'",
              },
              requestTemplates: {
                "application/json": `{"QueueUrl": "${QueueUrl}", "MessageBody": $input.json('$.text')}`,
              },
            }),
            responses: { 200: {} },
          },
          "POST /topic": {
            integration: to("sns:action/Publish", {
              requestParameters: { "integration.request.querystring.TopicArn": `'${TopicArn}'` },
              requestTemplates: {
                "application/json": `#set($context.requestOverride.querystring.Message = $input.path('$.text'))`,
              },
            }),
            responses: { 200: {} },
          },
        },
      });
      expect(await read(postJson(`${url}/queue`, { a: "ä&b" }))).toMatchObject({ status: 200 });
      expect(await read(postJson(`${url}/json`, { text: "in JSON" }))).toMatchObject({ status: 200 });
      expect(await read(postJson(`${url}/topic`, { text: "hello" }))).toMatchObject({ status: 200 });
      const bodies: string[] = [];
      await eventually("all messages are there", async () => {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        bodies.push(...Messages.map(({ Body = "" }) => Body));
        return bodies.length >= 3 ? true : undefined;
      });
      expect(bodies).toContain('{"a":"ä&b"}');
      expect(bodies).toContain("in JSON");
      expect(bodies.join()).toContain('"Message":"hello"');
    });

    it("read and write objects of S3 by their path, binary ones too", async () => {
      await s3.send(new CreateBucketCommand({ Bucket: "pictures" }));
      const mapping = { "integration.request.path.key": "method.request.path.key" };
      const method = { requestParameters: { "method.request.path.key": true } };
      const object = (httpMethod: string) =>
        to("s3:path/pictures/{key}", { integrationHttpMethod: httpMethod, requestParameters: mapping });
      const type = { "method.response.header.Content-Type": "integration.response.header.Content-Type" };
      const { url } = await aws.deploy({
        api: { binaryMediaTypes: ["image/png"] },
        methods: {
          "PUT /{key}": {
            method: { requestParameters: { ...method.requestParameters, "method.request.header.Content-Type": false } },
            integration: to("s3:path/pictures/{key}", {
              integrationHttpMethod: "PUT",
              requestParameters: {
                ...mapping,
                "integration.request.header.Content-Type": "method.request.header.Content-Type",
              },
            }),
            responses: { 200: {} },
          },
          "GET /{key}": {
            method,
            integration: object("GET"),
            responses: { 200: { responseParameters: type }, 404: { selectionPattern: "404" } },
          },
        },
      });
      const png = Buffer.from([137, 80, 78, 71, 0, 255]);
      const headers = { "content-type": "image/png" };
      expect((await fetch(`${url}/a.png`, { method: "PUT", headers, body: png })).status).toBe(200);
      const got = await fetch(`${url}/a.png`, { headers: { accept: "image/png" } });
      expect(got.headers.get("content-type")).toBe("image/png");
      expect(Buffer.from(await got.arrayBuffer())).toEqual(png);
      expect((await fetch(`${url}/b.png`)).status).toBe(404);
    });

    it("answer 500 where the role does not trust API Gateway, and the service's refusal where it may not", async () => {
      const stranger = await makeRole(aws.target.clientConfig(), "stranger", { service: "lambda.amazonaws.com" });
      const weak = await makeRole(aws.target.clientConfig(), "weak", {
        service: SERVICE,
        statements: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
      });
      const action = "kinesis:action/ListStreams";
      const { url } = await aws.deploy({
        methods: {
          "POST /stranger": { integration: to(action, { credentials: stranger }), responses: { 200: {} } },
          "POST /weak": {
            integration: to(action, { credentials: weak }),
            responses: { 200: {}, 403: { selectionPattern: "4\\d\\d" } },
          },
        },
      });
      expect(await read(postJson(`${url}/stranger`, {}))).toMatchObject({ status: 500 });
      const refused = await read(postJson(`${url}/weak`, {}));
      expect(refused.status).toBe(403);
      expect(refused.body).toContain("assumed-role/weak/");
      expect(refused.body).toContain("kinesis:ListStreams");
    });
  });
});
