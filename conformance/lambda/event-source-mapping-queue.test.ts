import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { makeRole } from "../role.ts";
import { eventually, useClient } from "../target.ts";
import { COLLECTED_HANDLER } from "./event-source-mapping-fixture.ts";
import { LambdaFixture } from "./fixture.ts";

/** What the function does with an event: return a value, throw, or wait for the test. */
type Behaviour = (event: SQSEvent) => { result?: unknown; error?: string } | Promise<object> | undefined;

/** Time stands still unless stepped. */
const aws = new LambdaFixture({ manualClock: true });
const sqs = useClient(new SQSClient({ ...aws.target.clientConfig(), maxAttempts: 1 }));

let collector: Server;
const behaviours = new Map<string, (event: SQSEvent) => object | Promise<object>>();

beforeAll(async () => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const event = JSON.parse(Buffer.concat(chunks).toString()) as SQSEvent;
      void Promise.resolve(behaviours.get(String(request.url).slice(1))?.(event) ?? {}).then((answer) =>
        response.end(JSON.stringify(answer)),
      );
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  collector.closeAllConnections();
  await new Promise((resolve) => collector.close(resolve));
});

const arnOf = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const bodies = (events: readonly SQSEvent[]) => events.map(({ Records }) => Records.map(({ body }) => body));

async function makeQueue(name: string, attributes: Partial<Record<QueueAttributeName, string>> = {}): Promise<string> {
  const Attributes = name.endsWith(".fifo") ? { FifoQueue: "true", ...attributes } : attributes;
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return QueueUrl;
}

/** A queue, and a function of the same name that tells of its events. */
async function setUp(name: string, attributes: Partial<Record<QueueAttributeName, string>> = {}) {
  const QueueUrl = await makeQueue(name, attributes);
  const functionName = name.replace(".", "-");
  const { port } = collector.address() as AddressInfo;
  await aws.create(functionName, COLLECTED_HANDLER, {
    Timeout: 10,
    Environment: { Variables: { COLLECTOR: `http://127.0.0.1:${port}/${functionName}` } },
  });
  const events: SQSEvent[] = [];
  let behaviour: Behaviour = () => undefined;
  behaviours.set(functionName, (event) => {
    events.push(event);
    return behaviour(event) ?? {};
  });
  return {
    events,
    names: { FunctionName: functionName, EventSourceArn: arnOf(name) },
    behave: (next: Behaviour) => void (behaviour = next),
    send: (MessageBody: string, input: Partial<SendMessageCommandInput> = {}) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...input })),
    counts: () => countsOf(QueueUrl),
  };
}

/** Visible and in flight. */
async function countsOf(QueueUrl: string): Promise<[number, number]> {
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
  return [Number(Attributes.ApproximateNumberOfMessages), Number(Attributes.ApproximateNumberOfMessagesNotVisible)];
}

async function map(input: CreateEventSourceMappingCommandInput): Promise<string> {
  const { UUID = "" } = await aws.lambda.send(new CreateEventSourceMappingCommand(input));
  await untilState(UUID, "Enabled");
  return UUID;
}

const untilState = (UUID: string, state: string) =>
  eventually(`mapping is ${state}`, async () => {
    const { State } = await aws.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return State === state ? true : undefined;
  });

const until = (what: string, isTrue: () => boolean | Promise<boolean>) =>
  eventually(what, async () => ((await isTrue()) ? true : undefined));

const isEmpty = (counts: number[]) => counts.every((count) => count === 0);

describe("CreateEventSourceMapping of a queue", () => {
  describe("validation", () => {
    it.each<[string, Partial<CreateEventSourceMappingCommandInput>, string]>([
      [
        "a queue that is not there",
        { EventSourceArn: arnOf("none") },
        "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.",
      ],
      [
        "a queue whose messages come back before the function is done",
        { EventSourceArn: arnOf("impatient") },
        "Queue visibility timeout: 5 seconds is less than Function timeout: 10 seconds",
      ],
      ["a starting position", { StartingPosition: "LATEST" }, "StartingPosition is not valid for SQS event sources."],
      ["retries", { MaximumRetryAttempts: 1 }, "MaximumRetryAttempts isn't supported for this event source type"],
      [
        "a destination",
        { DestinationConfig: { OnFailure: { Destination: arnOf("checks") } } },
        "Unsupported DestinationConfig parameter for given event source mapping type.",
      ],
      [
        "more than ten messages without a window",
        { BatchSize: 11 },
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
      ],
      [
        "a window for a FIFO queue",
        { EventSourceArn: arnOf("checks.fifo"), MaximumBatchingWindowInSeconds: 1 },
        "Batching window is not supported for FIFO queues",
      ],
      [
        "a filter of no pattern's form",
        { FilterCriteria: { Filters: [{ Pattern: '{"body":{"a":1}}' }] } },
        "Invalid filter pattern definition.",
      ],
    ])("refuses %s", async (_case, input, message) => {
      await makeQueue("impatient", { VisibilityTimeout: "5" });
      await makeQueue("checks.fifo");
      await setUp("checks").catch(() => undefined); // the first case has made it
      const names = { FunctionName: "checks", EventSourceArn: arnOf("checks") };
      await expect(aws.lambda.send(new CreateEventSourceMappingCommand({ ...names, ...input }))).rejects.toMatchObject({
        name: "InvalidParameterValueException",
        message,
      });
    });

    it("refuses a function whose role may not read the queue", async () => {
      const { names } = await setUp("unreadable");
      const statements = [{ Effect: "Allow", Action: "sqs:GetQueueAttributes", Resource: "*" }] as const;
      const Role = await makeRole(aws.target.clientConfig(), "queue-attributes-only", { statements });
      await aws.create("cannot-read", COLLECTED_HANDLER, { Role });
      await expect(
        aws.lambda.send(new CreateEventSourceMappingCommand({ ...names, FunctionName: "cannot-read" })),
      ).rejects.toThrow("The provided execution role does not have permissions to call ReceiveMessage on SQS");
    });
  });

  describe("behaviour", () => {
    it("answers the settings of queues alone, and one mapping of a pair", async () => {
      const { names } = await setUp("settings");
      const Filters = [{ Pattern: '{"body":{"kind":["a"]}}' }];
      const created = await aws.lambda.send(
        new CreateEventSourceMappingCommand({
          ...names,
          FilterCriteria: { Filters },
          ScalingConfig: { MaximumConcurrency: 2 },
        }),
      );
      const { $metadata: _metadata, UUID = "", LastModified: _modified, ...rest } = created;
      expect(rest).toEqual({
        BatchSize: 10,
        EventSourceArn: arnOf("settings"),
        EventSourceMappingArn: `arn:aws:lambda:us-east-1:000000000000:event-source-mapping:${UUID}`,
        FilterCriteria: { Filters },
        FunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:settings",
        FunctionResponseTypes: [],
        MaximumBatchingWindowInSeconds: 0,
        ScalingConfig: { MaximumConcurrency: 2 },
        State: "Creating",
        StateTransitionReason: "USER_INITIATED",
      });
      await expect(aws.lambda.send(new CreateEventSourceMappingCommand(names))).rejects.toMatchObject({
        name: "ResourceConflictException",
        message: `An event source mapping with SQS arn (" ${arnOf("settings")} ") and function (" settings ") already exists. Please update or delete the existing mapping with UUID ${UUID}`,
      });
      await untilState(UUID, "Enabled");
      const updated = await aws.lambda.send(
        new UpdateEventSourceMappingCommand({ UUID, BatchSize: 3, FilterCriteria: {}, ScalingConfig: {} }),
      );
      expect(updated).toMatchObject({ BatchSize: 3 });
      expect(updated).not.toHaveProperty("FilterCriteria");
      expect(updated).not.toHaveProperty("ScalingConfig");
    });
  });
});

describe("UpdateEventSourceMapping of a queue that is gone", () => {
  it("switches the mapping off, and not on again", async () => {
    const QueueUrl = await makeQueue("gone", { VisibilityTimeout: "60" });
    await aws.create("gone", COLLECTED_HANDLER, { Timeout: 10 });
    const UUID = await map({ FunctionName: "gone", EventSourceArn: arnOf("gone") });
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    await untilState(UUID, "Disabled");
    const enabling = aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
    await expect(enabling).rejects.toMatchObject({ name: "InvalidParameterValueException" });
  });
});

describe("messages of a queue", () => {
  it("come as AWS's events, and are deleted when the function is done", async () => {
    const { events, names, send, counts } = await setUp("events");
    await map(names);
    const sent = await send("Grüße", {
      MessageAttributes: {
        text: { DataType: "String", StringValue: "x" },
        bytes: { DataType: "Binary", BinaryValue: Uint8Array.of(1, 2) },
      },
    });
    await until("the message is delivered and deleted", async () => events.length > 0 && isEmpty(await counts()));
    const now = String(aws.target.clock.now());
    expect(events).toEqual([
      {
        Records: [
          {
            messageId: sent.MessageId,
            receiptHandle: expect.any(String),
            body: "Grüße",
            attributes: {
              ApproximateReceiveCount: "1",
              SentTimestamp: now,
              SenderId: "000000000000",
              ApproximateFirstReceiveTimestamp: now,
            },
            messageAttributes: {
              text: { stringValue: "x", stringListValues: [], binaryListValues: [], dataType: "String" },
              bytes: { binaryValue: "AQI=", stringListValues: [], binaryListValues: [], dataType: "Binary" },
            },
            md5OfMessageAttributes: sent.MD5OfMessageAttributes,
            md5OfBody: sent.MD5OfMessageBody,
            eventSource: "aws:sqs",
            eventSourceARN: arnOf("events"),
            awsRegion: "us-east-1",
          },
        ],
      },
    ]);
  });

  it("come again after the visibility timeout when the function fails, until the queue gives them up", async () => {
    await makeQueue("failing-dlq");
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf("failing-dlq"), maxReceiveCount: 2 });
    const { events, names, behave, send, counts } = await setUp("failing", { VisibilityTimeout: "30", RedrivePolicy });
    behave(() => ({ error: "not this one" }));
    await map(names);
    await send("poison");
    await until("the first attempt", () => events.length === 1);
    await aws.target.clock.advance(29_000);
    expect(events).toHaveLength(1);
    await aws.target.clock.advance(1_000);
    await until("the second attempt", () => events.length === 2);
    await aws.target.clock.advance(30_000);
    await until("the queue gives it up", async () => isEmpty(await counts()));
    expect(events.map(({ Records }) => Records[0]?.attributes.ApproximateReceiveCount)).toEqual(["1", "2"]);
    const QueueUrl = `${aws.target.endpoint}/000000000000/failing-dlq`;
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    expect(Attributes?.ApproximateNumberOfMessages).toBe("1");
  });

  it("come again alone when a partial answer names them; an answer of nonsense fails them all", async () => {
    const { events, names, behave, send, counts } = await setUp("partial", { VisibilityTimeout: "30" });
    const failing = (records: readonly SQSRecord[], body: string) =>
      records.filter((record) => record.body === body).map(({ messageId }) => ({ itemIdentifier: messageId }));
    behave(({ Records }) =>
      events.length === 1
        ? { result: { batchItemFailures: failing(Records, "b") } }
        : events.length === 2
          ? { result: { batchItemFailures: [{ itemIdentifier: "nobody" }] } }
          : undefined,
    );
    for (const body of ["a", "b", "c"]) await send(body);
    await map({ ...names, FunctionResponseTypes: ["ReportBatchItemFailures"] });
    await until("the others are deleted", async () => (await counts())[1] === 1);
    for (const attempt of [2, 3]) {
      await aws.target.clock.advance(30_000);
      await until(`attempt ${attempt}`, () => events.length === attempt);
    }
    await until("all are deleted", async () => isEmpty(await counts()));
    expect(bodies(events)).toEqual([["a", "b", "c"], ["b"], ["b"]]);
  });

  it("are gathered for as long as the window says, or until the batch is full", async () => {
    const { events, names, send } = await setUp("window");
    await map({ ...names, BatchSize: 12, MaximumBatchingWindowInSeconds: 20 });
    await send("0");
    await aws.target.clock.advance(10_000);
    for (let index = 1; index < 12; index++) await send(String(index));
    await until("the full batch", () => events.length === 1);
    expect(events[0]?.Records).toHaveLength(12);
    await send("later");
    await until("the window is over", async () => {
      await aws.target.clock.advance(1_000);
      return events.length === 2;
    });
    expect(bodies(events)[1]).toEqual(["later"]);
  });

  async function deliverOnce(MaximumBatchingWindowInSeconds: number): Promise<void> {
    const { events, names, send, counts } = await setUp(`hidden-${MaximumBatchingWindowInSeconds}`, {
      VisibilityTimeout: "60",
    });
    await map({ ...names, BatchSize: 100, MaximumBatchingWindowInSeconds });
    await send("hello");
    await until("the message is received", async () => (await counts())[1] === 1);
    for (let seconds = 0; seconds < MaximumBatchingWindowInSeconds; seconds += 10) {
      expect(events).toEqual([]);
      await aws.target.clock.advance(10_000);
      await until("it is received again", async () => events.length > 0 || (await counts())[1] === 1);
    }
    await until("the message is deleted", async () => isEmpty(await counts()));
    expect(bodies(events)).toEqual([["hello"]]);
  }

  it("come once when they are hidden for less than their window, in which they come back", () => deliverOnce(100));

  it("come once also when they come back at the very end of their window", () => deliverOnce(300));

  it("do not come when the queue gave them up while they waited for a batch", async () => {
    const deadLetters = await makeQueue("hidden-dead");
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf("hidden-dead"), maxReceiveCount: 2 });
    const { events, names, send, counts } = await setUp("hidden-given-up", { VisibilityTimeout: "60", RedrivePolicy });
    await map({ ...names, BatchSize: 100, MaximumBatchingWindowInSeconds: 200 });
    await send("hello");
    await until("the message is received", async () => (await counts())[1] === 1);
    for (let seconds = 0; seconds < 120; seconds += 10) await stepAndReceive();
    await until("it is given up", async () => (await countsOf(deadLetters))[0] === 1);
    await send("after");
    await until("the other is received", async () => (await counts())[1] === 1);
    for (let seconds = 120; seconds < 200; seconds += 10) await stepAndReceive();
    await until("the other is delivered", () => events.length > 0);
    expect(bodies(events)).toEqual([["after"]]);

    async function stepAndReceive(): Promise<void> {
      await aws.target.clock.advance(10_000);
      await until("it is received or given up", async () => (await counts())[0] === 0);
    }
  });

  it("that no filter lets through are deleted without the function", async () => {
    const { events, names, send, counts } = await setUp("filtered");
    const Filters = [
      { Pattern: '{"body":{"kind":["a"],"n":[{"numeric":[">",1]}]}}' },
      { Pattern: '{"body":["plain"]}' },
      { Pattern: '{"body":{"exactly":[300]}}' },
    ];
    await map({ ...names, BatchSize: 1, FilterCriteria: { Filters } });
    const wanted = ['{"kind":"a","n":2}', "plain", '{"exactly":300}'];
    const others = ['{"kind":"a","n":1}', '{"kind":"b","n":2}', "other", "300", '{"exactly":300.0}'];
    for (const body of [...others, ...wanted]) await send(body);
    await until("all are gone", async () => isEmpty(await counts()));
    expect(bodies(events).flat().toSorted()).toEqual(wanted.toSorted());
  });

  it("are with the function in as many batches at a time as the mapping allows", async () => {
    const { events, names, behave, send, counts } = await setUp("concurrent");
    const waiting: (() => void)[] = [];
    behave(() => new Promise<object>((resolve) => waiting.push(() => resolve({}))));
    await map({ ...names, BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
    for (const body of ["a", "b", "c", "d"]) await send(body);
    await until("two are with the function", () => waiting.length === 2);
    expect((await counts())[1]).toBeLessThanOrEqual(3);
    for (let done = 0; done < 4; done++) {
      await until("one more waits", () => waiting.length > 0);
      expect(waiting.length).toBeLessThanOrEqual(2);
      waiting.shift()?.();
    }
    await until("all are done", async () => isEmpty(await counts()));
    expect(events).toHaveLength(4);
  });

  it("of a FIFO queue keep their order in a group, also when one fails", async () => {
    const { events, names, behave, send, counts } = await setUp("order.fifo", { VisibilityTimeout: "30" });
    const done: string[] = [];
    let failures = 1;
    behave(({ Records }) => {
      if (Records.some(({ body }) => body === "a2") && failures-- > 0) return { error: "not yet" };
      done.push(...Records.map(({ body }) => body));
      return undefined;
    });
    for (const body of ["a1", "b1", "a2", "b2", "a3"]) {
      await send(body, { MessageGroupId: body.slice(0, 1), MessageDeduplicationId: body });
    }
    await map({ ...names, BatchSize: 1 });
    await until("the others are done, and one has failed", () => done.length === 3 && failures === 0);
    // the one that failed is hidden, and keeps back the other of its group
    await until("the others are deleted", async () => (await counts()).join() === "1,1");
    expect(done.toSorted()).toEqual(["a1", "b1", "b2"]);
    await aws.target.clock.advance(30_000);
    await until("all are done", async () => isEmpty(await counts()));
    expect(done.filter((body) => body.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
    const [first] = events.flatMap(({ Records }) => Records).filter(({ body }) => body === "a1");
    expect(first?.attributes).toMatchObject({ MessageGroupId: "a", MessageDeduplicationId: "a1" });
  });

  it("of a FIFO queue that are too large for one event come one part after the other, and not past a failed one", async () => {
    const { events, names, behave, send, counts } = await setUp("parts.fifo", { VisibilityTimeout: "30" });
    const starts = (event: SQSEvent) => event.Records.map(({ body }) => body.slice(0, 2));
    behave(() => (events.length === 1 ? { error: "not yet" } : undefined));
    for (let index = 0; index < 10; index++) {
      const body = `${String(index).padStart(2, "0")}${"x".repeat(700_000)}`;
      await send(body, { MessageGroupId: "one", MessageDeduplicationId: String(index) });
    }
    await map(names);
    await until("the first part has failed", () => events.length === 1);
    const all = Array.from({ length: 10 }, (_, index) => `0${index}`);
    expect(events.map(starts)).toEqual([all.slice(0, 8)]);
    expect(await counts()).toEqual([0, 10]);
    await aws.target.clock.advance(30_000);
    await until("all are done", async () => isEmpty(await counts()));
    expect(events.slice(1).map(starts)).toEqual([all.slice(0, 8), all.slice(8)]);
  });

  it("stay in the queue once the mapping is deleted", async () => {
    const { events, names, send, counts } = await setUp("deleted");
    const UUID = await map(names);
    await send("before");
    await until("it is delivered", () => events.length === 1);
    await aws.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
    await eventually("the mapping is gone", () =>
      aws.lambda.send(new GetEventSourceMappingCommand({ UUID })).then(
        () => undefined,
        () => true,
      ),
    );
    await send("after");
    expect(await counts()).toEqual([1, 0]);
    expect(events).toHaveLength(1);
  });
});
