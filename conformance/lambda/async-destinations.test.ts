import { describe, expect, it } from "@jest/globals";
import {
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  ListFunctionEventInvokeConfigsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  type PutFunctionEventInvokeConfigCommandInput,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  type Message,
} from "@aws-sdk/client-sqs";
import { makeRole } from "../role.ts";
import { eventually, useClient } from "../target.ts";
import { LambdaFixture } from "./fixture.ts";

const FAILS = "exports.handler = async () => { throw new Error('intentional'); };";
const ECHO = "exports.handler = async (event) => ({ echo: event });";

/** Time stands still unless stepped: retries wait for it. */
const aws = new LambdaFixture({ manualClock: true });
const sqs = useClient(new SQSClient({ ...aws.target.clientConfig(), maxAttempts: 1 }));
const s3 = useClient(new S3Client({ ...aws.target.clientConfig(), forcePathStyle: true }));
const sns = useClient(new SNSClient({ ...aws.target.clientConfig(), maxAttempts: 1 }));

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:000000000000:${resource}`;
const functionArn = (name: string) => arn("lambda", `function:${name}`);

async function queue(name: string): Promise<string> {
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  return QueueUrl;
}

/** The next message of a queue, as soon as there is one. */
const nextMessage = (QueueUrl: string): Promise<Message> =>
  eventually(`a message in ${QueueUrl}`, async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["All"] }));
    return Messages?.[0];
  });

const nextRecord = async (url: string) => JSON.parse((await nextMessage(url)).Body ?? "") as Record<string, unknown>;
const put = (input: PutFunctionEventInvokeConfigCommandInput) =>
  aws.lambda.send(new PutFunctionEventInvokeConfigCommand(input));
const send = (name: string, event: unknown = {}) => aws.invoke(name, event, { InvocationType: "Event" });
const toQueue = (name: string) => ({ Destination: arn("sqs", name) });

describe("PutFunctionEventInvokeConfig", () => {
  describe("validation", () => {
    it.each<[string, Partial<PutFunctionEventInvokeConfigCommandInput>, string, string]>([
      [
        "nothing to set",
        {},
        "InvalidParameterValueException",
        "You must specify at least one of error handling or destination setting.",
      ],
      [
        "a function that is not there",
        { FunctionName: "nobody", MaximumRetryAttempts: 1 },
        "ResourceNotFoundException",
        "The function doesn't exist.",
      ],
      [
        "the function itself as destination",
        { DestinationConfig: { OnFailure: { Destination: functionArn("checks") } } },
        "InvalidParameterValueException",
        "You can't specify the function as a destination for itself.",
      ],
      [
        "a queue that is not there",
        { DestinationConfig: { OnFailure: toQueue("none") } },
        "InvalidParameterValueException",
        `The destination ARN ${arn("sqs", "none")} is invalid.`,
      ],
      [
        "a FIFO queue",
        { DestinationConfig: { OnFailure: toQueue("failures.fifo") } },
        "InvalidParameterValueException",
        `FIFO queues and topics are not supported as destinations: ${arn("sqs", "failures.fifo")}.`,
      ],
      [
        "a FIFO topic",
        { DestinationConfig: { OnSuccess: { Destination: arn("sns", "done.fifo") } } },
        "InvalidParameterValueException",
        `FIFO queues and topics are not supported as destinations: ${arn("sns", "done.fifo")}.`,
      ],
      [
        "a table",
        { DestinationConfig: { OnFailure: { Destination: arn("dynamodb", "table/t") } } },
        "InvalidParameterValueException",
        `The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure(destination=${arn("dynamodb", "table/t")})) is invalid.`,
      ],
      [
        "an event bus",
        { DestinationConfig: { OnFailure: { Destination: arn("events", "event-bus/b") } } },
        "NotImplemented",
        "An Amazon EventBridge event bus as destination is not supported by Headwater.",
      ],
    ])("refuses %s", async (_case, input, name, message) => {
      await aws.create("checks", ECHO).catch(() => undefined);
      await expect(put({ FunctionName: "checks", ...input })).rejects.toMatchObject({ name, message });
    });

    it("refuses a destination that the function's role may not send to", async () => {
      await queue("forbidden");
      const statements = [{ Effect: "Allow", Action: "logs:*", Resource: "*" }] as const;
      const Role = await makeRole(aws.target.clientConfig(), "logs-only", { statements });
      await aws.create("not-allowed", ECHO, { Role });
      const config = { FunctionName: "not-allowed", DestinationConfig: { OnFailure: toQueue("forbidden") } };
      await expect(put(config)).rejects.toThrow(
        "The provided execution role does not have permissions to call SendMessage on SQS",
      );
    });
  });

  describe("behaviour", () => {
    it("is kept by qualifier, overwritten by Put and merged by Update", async () => {
      await queue("kept");
      await aws.create("configured", ECHO);
      const first = await put({
        FunctionName: "configured",
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: toQueue("kept") },
      });
      expect(first).toMatchObject({
        FunctionArn: `${functionArn("configured")}:$LATEST`,
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: toQueue("kept"), OnSuccess: {} },
      });
      const updated = await aws.lambda.send(
        new UpdateFunctionEventInvokeConfigCommand({ FunctionName: "configured", MaximumEventAgeInSeconds: 60 }),
      );
      expect(updated).toMatchObject({
        MaximumRetryAttempts: 1,
        MaximumEventAgeInSeconds: 60,
        DestinationConfig: { OnFailure: toQueue("kept") },
      });
      await aws.lambda.send(new PublishVersionCommand({ FunctionName: "configured" }));
      await put({ FunctionName: "configured", Qualifier: "1", MaximumRetryAttempts: 0 });
      const { FunctionEventInvokeConfigs } = await aws.lambda.send(
        new ListFunctionEventInvokeConfigsCommand({ FunctionName: "configured" }),
      );
      expect(FunctionEventInvokeConfigs?.map(({ FunctionArn }) => FunctionArn)).toEqual([
        `${functionArn("configured")}:$LATEST`,
        `${functionArn("configured")}:1`,
      ]);
      const replaced = await put({ FunctionName: "configured", MaximumEventAgeInSeconds: 120 });
      expect(replaced).not.toHaveProperty("MaximumRetryAttempts");
      await aws.lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName: "configured" }));
      await expect(
        aws.lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: "configured" })),
      ).rejects.toMatchObject({
        name: "ResourceNotFoundException",
        message: `The function ${functionArn("configured")}:$LATEST doesn't have an EventInvokeConfig`,
      });
    });
  });
});

describe("the record of an asynchronous invocation", () => {
  it("goes to the queue for successes, with request and response", async () => {
    const url = await queue("succeeded");
    await aws.create("succeeds", ECHO);
    await put({ FunctionName: "succeeds", DestinationConfig: { OnSuccess: toQueue("succeeded") } });
    await send("succeeds", { n: 1 });
    expect(await nextRecord(url)).toEqual({
      version: "1.0",
      timestamp: new Date(aws.target.clock.now()).toISOString(),
      requestContext: {
        requestId: expect.any(String),
        functionArn: `${functionArn("succeeds")}:$LATEST`,
        condition: "Success",
        approximateInvokeCount: 1,
      },
      requestPayload: { n: 1 },
      responseContext: { statusCode: 200, executedVersion: "$LATEST" },
      responsePayload: { echo: { n: 1 } },
    });
  });

  it("goes to the queue for failures when the retries that are set are exhausted", async () => {
    const url = await queue("failed");
    await aws.create("fails", FAILS);
    await put({ FunctionName: "fails", MaximumRetryAttempts: 1, DestinationConfig: { OnFailure: toQueue("failed") } });
    await send("fails", { n: 2 });
    await aws.logged("fails", "REPORT");
    await stepUntilReported("fails", 2);
    expect(await nextRecord(url)).toMatchObject({
      requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 2 },
      requestPayload: { n: 2 },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: { errorMessage: "intentional", errorType: "Error" },
    });
  });

  it("tells of an event that would be too old for its next attempt", async () => {
    const url = await queue("aged");
    await aws.create("ages", FAILS);
    const DestinationConfig = { OnFailure: toQueue("aged") };
    await put({ FunctionName: "ages", MaximumEventAgeInSeconds: 100, DestinationConfig });
    await send("ages");
    await aws.logged("ages", "REPORT");
    await stepUntilReported("ages", 2);
    expect(await nextRecord(url)).toMatchObject({
      requestContext: { condition: "EventAgeExceeded", approximateInvokeCount: 2 },
      responsePayload: { errorMessage: "intentional" },
    });
  });

  it("tells of an event that has become too old, without another attempt", async () => {
    const url = await queue("outdated");
    await aws.create("outdates", FAILS);
    const DestinationConfig = { OnFailure: toQueue("outdated") };
    await put({ FunctionName: "outdates", DestinationConfig });
    await send("outdates");
    await aws.logged("outdates", "REPORT");
    await stepUntilReported("outdates", 2);
    await put({ FunctionName: "outdates", MaximumEventAgeInSeconds: 60, DestinationConfig });
    await aws.target.clock.advance(120_000);
    expect(await nextRecord(url)).toMatchObject({
      requestContext: { condition: "EventAgeExceeded", approximateInvokeCount: 2 },
    });
  });

  it("tells of an event of a function whose concurrency is reserved to zero, without an attempt", async () => {
    const url = await queue("not-run");
    await aws.create("zero", ECHO);
    await put({ FunctionName: "zero", DestinationConfig: { OnFailure: toQueue("not-run") } });
    await aws.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: "zero", ReservedConcurrentExecutions: 0 }));
    await send("zero", { n: 3 });
    const record = await nextRecord(url);
    expect(record).toMatchObject({
      requestContext: { condition: "ZeroReservedConcurrency", approximateInvokeCount: 0 },
      requestPayload: { n: 3 },
    });
    expect(record).not.toHaveProperty("responseContext");
  });

  it("goes to a bucket, a topic or another function", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "async-failures" }));
    const url = await queue("from-topic");
    const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "async" }));
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: arn("sqs", "from-topic") }],
    });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { Policy } }));
    const Attributes = { RawMessageDelivery: "true" };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: arn("sqs", "from-topic"), Attributes }));
    await aws.create(
      "listens",
      "exports.handler = async (event) => console.log('told of', event.requestContext.condition);",
    );
    await aws.create("to-bucket", FAILS);
    await aws.create("to-topic", FAILS);
    await aws.create("to-function", ECHO);
    const once = { MaximumRetryAttempts: 0 };
    const failure = (Destination: string) => ({ DestinationConfig: { OnFailure: { Destination } } });
    await put({ FunctionName: "to-bucket", ...once, ...failure("arn:aws:s3:::async-failures") });
    await put({ FunctionName: "to-topic", ...once, ...failure(TopicArn) });
    await put({
      FunctionName: "to-function",
      DestinationConfig: { OnSuccess: { Destination: functionArn("listens") } },
    });
    for (const name of ["to-bucket", "to-topic", "to-function"]) await send(name, { to: name });

    const key = await eventually("the object", async () => {
      const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: "async-failures" }));
      return Contents?.[0]?.Key;
    });
    expect(key).toMatch(
      /^aws\/lambda\/async\/to-bucket\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$/,
    );
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "async-failures", Key: key }));
    expect(JSON.parse((await Body?.transformToString()) ?? "")).toMatchObject({ requestPayload: { to: "to-bucket" } });
    expect(await nextRecord(url)).toMatchObject({ requestPayload: { to: "to-topic" } });
    expect((await aws.logged("listens", "told of")).join("")).toContain("told of Success");
  });
});

/** Steps the time, and lets the function run between the steps, until it has run so often. */
async function stepUntilReported(name: string, times: number): Promise<void> {
  await eventually(
    `${name} has run ${times} times`,
    async () => {
      await aws.target.clock.advance(10_000);
      const lines = await aws.logged(name, "REPORT");
      return lines.filter((line) => line.startsWith("REPORT")).length >= times ? true : undefined;
    },
    5_000,
  );
}

describe("DeadLetterConfig", () => {
  describe("behaviour", () => {
    it("gives the events that are discarded to a queue, with what went wrong", async () => {
      const url = await queue("letters");
      const DeadLetterConfig = { TargetArn: arn("sqs", "letters") };
      const created = await aws.create("dead-letters", FAILS, { DeadLetterConfig });
      expect(created.DeadLetterConfig).toEqual(DeadLetterConfig);
      await put({ FunctionName: "dead-letters", MaximumRetryAttempts: 0 });
      await send("dead-letters", { raise: 1 });
      const message = await nextMessage(url);
      expect(message.Body).toBe('{"raise":1}');
      expect(message.MessageAttributes).toEqual({
        ErrorCode: { DataType: "Number", StringValue: "200" },
        ErrorMessage: { DataType: "String", StringValue: "intentional" },
        RequestID: { DataType: "String", StringValue: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      });
      await aws.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: "dead-letters", DeadLetterConfig: { TargetArn: "" } }),
      );
      const now = await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "dead-letters" }));
      expect(now).not.toHaveProperty("DeadLetterConfig");
    });
  });
});
