import { describe, expect, it } from "@jest/globals";
import { DeleteStreamCommand, PutRecordCommand, SplitShardCommand } from "@aws-sdk/client-kinesis";
import { UpdateFunctionCodeCommand } from "@aws-sdk/client-lambda";
import { DeleteBucketCommand } from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { KinesisStreamEvent } from "aws-lambda";
import { keys, MappingFixture } from "./event-source-mapping-fixture.ts";
import { ROLE, zipOf } from "./fixture.ts";

const sequenceNumbers = (event: KinesisStreamEvent) => event.Records.map(({ kinesis }) => kinesis.sequenceNumber);
const partitionKeys = (event: KinesisStreamEvent) => event.Records.map(({ kinesis }) => kinesis.partitionKey);

/** A stream and a function of one name for each test, on one emulator whose time stands still unless stepped. */
describe("event source mappings of Kinesis streams", () => {
  const aws = MappingFixture.use();

  const setUp = (name: string, shardCount?: number) => aws.streamAndConsumer(name, shardCount);

  describe("events", () => {
    it("have AWS's members, values and order", async () => {
      const { names, events, whenDelivered } = await setUp("events");
      const [shardId] = await aws.shardIds("events");
      await aws.mapping(names);
      const put = new PutRecordCommand({ StreamName: "events", PartitionKey: 'a "key"', Data: Buffer.from("Grüße") });
      const { SequenceNumber } = await aws.kinesis.send(put);
      await whenDelivered(1);
      const arrivedAt = events[0]?.Records[0]?.kinesis.approximateArrivalTimestamp;
      expect(JSON.stringify(events[0])).toBe(
        JSON.stringify({
          Records: [
            {
              kinesis: {
                kinesisSchemaVersion: "1.0",
                partitionKey: 'a "key"',
                sequenceNumber: SequenceNumber,
                data: Buffer.from("Grüße").toString("base64"),
                approximateArrivalTimestamp: arrivedAt,
              },
              eventSource: "aws:kinesis",
              eventVersion: "1.0",
              eventID: `${shardId}:${SequenceNumber}`,
              eventName: "aws:kinesis:record",
              invokeIdentityArn: ROLE,
              awsRegion: "us-east-1",
              eventSourceARN: names.EventSourceArn,
            },
          ],
        }),
      );
      expect(Math.abs((arrivedAt ?? 0) * 1000 - aws.target.clock.now())).toBeLessThan(60_000);
    });
  });

  describe("batches", () => {
    it("hold at most the batch size, in the order of the shard", async () => {
      const { names, events, delivered, whenDelivered } = await setUp("batch-size");
      const put = await aws.put("batch-size", keys(25));
      await aws.mapping({ ...names, BatchSize: 10 });
      await whenDelivered(25);
      expect(events.map((event) => event.Records.length)).toEqual([10, 10, 5]);
      expect(delivered()).toEqual(put);
    });

    it("gather records for the window, and not longer", async () => {
      const { names, events, whenDelivered } = await setUp("window");
      await aws.mapping({ ...names, MaximumBatchingWindowInSeconds: 60 });
      await aws.put("window", keys(2));
      await aws.target.clock.advance(30_000);
      await aws.put("window", keys(3));
      await aws.target.clock.advance(29_000);
      expect(events).toEqual([]);
      await aws.target.clock.advance(1_000);
      await whenDelivered(5);
      expect(events).toHaveLength(1);
    });

    it("stay under 6 MB, whatever the batch size", async () => {
      const { names, events, whenDelivered } = await setUp("payload");
      const data = Buffer.alloc(900_000, "x");
      for (const key of keys(12)) {
        await aws.kinesis.send(new PutRecordCommand({ StreamName: "payload", PartitionKey: key, Data: data }));
        // a shard takes 1 MiB a second
        await aws.target.clock.advance(1000);
      }
      await aws.mapping({ ...names, BatchSize: 10_000, MaximumBatchingWindowInSeconds: 300 });
      await whenDelivered(10);
      for (const event of events) expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(6_291_456);
      expect(events[0]?.Records).toHaveLength(5);
    });
  });

  describe("starting positions", () => {
    it("LATEST sees what is put after the mapping is made, and nothing before", async () => {
      const { names, delivered, whenDelivered } = await setUp("latest");
      await aws.put("latest", keys(3));
      await aws.mapping({ ...names, StartingPosition: "LATEST" });
      const later = await aws.put("latest", keys(2));
      await whenDelivered(2);
      expect(delivered()).toEqual(later);
    });

    it("AT_TIMESTAMP begins with the first record since then", async () => {
      const { names, delivered, whenDelivered } = await setUp("timestamp");
      await aws.put("timestamp", keys(3));
      await aws.target.clock.advance(5000);
      const StartingPositionTimestamp = new Date(Math.ceil(aws.target.clock.now() / 1000) * 1000);
      await aws.target.clock.advance(5000);
      const later = await aws.put("timestamp", keys(2));
      await aws.mapping({ ...names, StartingPosition: "AT_TIMESTAMP", StartingPositionTimestamp });
      await whenDelivered(2);
      expect(delivered()).toEqual(later);
    });
  });

  describe("failures", () => {
    it("are retried as often as allowed, then leave their trace in the bucket, and the shard goes on", async () => {
      const { names, events, behave, delivered, whenDelivered } = await setUp("retries");
      const bucket = await aws.bucket("retries");
      behave((event) => (partitionKeys(event).includes("bad") ? { error: "not this one" } : undefined));
      const uuid = await aws.mapping({
        ...names,
        BatchSize: 2,
        MaximumRetryAttempts: 2,
        DestinationConfig: { OnFailure: { Destination: bucket } },
      });
      const put = await aws.put("retries", ["good", "bad", "next"]);
      await whenDelivered(1);
      expect(delivered()).toEqual(put.slice(2));
      const failed = events.filter((event) => partitionKeys(event).includes("bad"));
      expect(failed.map(sequenceNumbers)).toEqual([put.slice(0, 2), put.slice(0, 2), put.slice(0, 2)]);

      const [[key, document] = ["", {}]] = [...(await aws.objects("retries"))];
      const [shardId] = await aws.shardIds("retries");
      const day = new Date(aws.target.clock.now()).toISOString().slice(0, 10);
      expect(key).toMatch(
        new RegExp(
          `^aws/lambda/${uuid}/${shardId}/${day.replaceAll("-", "/")}/${day}T\\d\\d\\.\\d\\d\\.\\d\\d-[0-9a-f-]{36}$`,
        ),
      );
      const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(document).toEqual({
        requestContext: {
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          functionArn: "arn:aws:lambda:us-east-1:000000000000:function:retries",
          condition: "RetryAttemptsExhausted",
          approximateInvokeCount: 3,
        },
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        version: "1.0",
        timestamp: instant,
        KinesisBatchInfo: {
          shardId,
          startSequenceNumber: put[0],
          endSequenceNumber: put[1],
          approximateArrivalOfFirstRecord: instant,
          approximateArrivalOfLastRecord: instant,
          batchSize: 2,
          streamArn: names.EventSourceArn,
        },
        payload: JSON.stringify(failed[0]),
      });
    });

    it("leave their trace in a queue or with a topic, without the records themselves", async () => {
      const sqs = new SQSClient(aws.target.clientConfig());
      const sns = new SNSClient(aws.target.clientConfig());
      const Policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" }],
      });
      const queue = async (name: string) => {
        await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { Policy } }));
        return `arn:aws:sqs:us-east-1:000000000000:${name}`;
      };
      const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "given-up" }));
      await sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: "sqs",
          Endpoint: await queue("topic-failures"),
          Attributes: { RawMessageDelivery: "true" },
        }),
      );
      const { names, behave } = await setUp("to-queue");
      const others = await setUp("to-topic");
      behave(() => ({ error: "not this one" }));
      others.behave(() => ({ error: "nor this one" }));
      const failures = (Destination: string) => ({ DestinationConfig: { OnFailure: { Destination } } });
      await aws.mapping({ ...names, MaximumRetryAttempts: 0, ...failures(await queue("queue-failures")) });
      await aws.mapping({ ...others.names, MaximumRetryAttempts: 0, ...failures(TopicArn) });
      for (const [stream, queueName] of [
        ["to-queue", "queue-failures"],
        ["to-topic", "topic-failures"],
      ] as const) {
        const put = await aws.put(stream, ["bad"]);
        const QueueUrl = `${aws.target.endpoint}/000000000000/${queueName}`;
        const body = await aws.stepUntil(`a record in ${queueName}`, async () => {
          const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
          return Messages?.[0]?.Body;
        });
        const document = JSON.parse(body) as Record<string, unknown>;
        expect(document).toMatchObject({
          requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 1 },
          responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
          version: "1.0",
          KinesisBatchInfo: { startSequenceNumber: put[0], endSequenceNumber: put[0], batchSize: 1 },
        });
        expect(document).not.toHaveProperty("payload");
      }
      sqs.destroy();
      sns.destroy();
    });

    it("wait for a bucket that is gone, and are in it when it is back", async () => {
      const { names, behave } = await setUp("no-bucket");
      behave(() => ({ error: "not this one" }));
      const uuid = await aws.mapping({
        ...names,
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: await aws.bucket("made-again") } },
      });
      await aws.s3.send(new DeleteBucketCommand({ Bucket: "made-again" }));
      const put = await aws.put("no-bucket", ["bad"]);
      await aws.stepUntil("the failure is shown", async () =>
        (await aws.describe(uuid)).LastProcessingResult?.includes("on-failure destination") ? true : undefined,
      );
      await aws.bucket("made-again");
      const document = await aws.stepUntil("the records are in the bucket", async () =>
        [...(await aws.objects("made-again")).values()].at(0),
      );
      expect(document).toMatchObject({ KinesisBatchInfo: { startSequenceNumber: put[0], batchSize: 1 } });
    });

    it("show in LastProcessingResult, until a batch succeeds", async () => {
      const { names, behave } = await setUp("result");
      behave(() => ({ error: "out of order" }));
      const uuid = await aws.mapping(names);
      await aws.put("result", keys(1));
      await aws.result(uuid, "PROBLEM: Function call failed");
      behave(() => undefined);
      await aws.result(uuid, "OK");
    });

    it("are split until the bad record stands alone; its neighbours are delivered once", async () => {
      const { names, behave, delivered, whenDelivered } = await setUp("bisect");
      const bucket = await aws.bucket("bisect");
      behave((event) => (partitionKeys(event).includes("bad") ? { error: "not this one" } : undefined));
      const put = await aws.put("bisect", [...keys(6), "bad", ...keys(5)]);
      await aws.mapping({
        ...names,
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: bucket } },
      });
      await whenDelivered(11);
      expect(delivered()).toEqual(put.filter((_, index) => index !== 6));
      const [document] = (await aws.objects("bisect")).values();
      expect(document?.["KinesisBatchInfo"]).toMatchObject({ startSequenceNumber: put[6], batchSize: 1 });
    });

    it("of part of a batch are tried again from the first failed record on", async () => {
      const { names, behave, events, whenDelivered } = await setUp("partial");
      let isFirst = true;
      const put = await aws.put("partial", keys(8));
      behave(() => {
        if (!isFirst) return undefined;
        isFirst = false;
        return { result: { batchItemFailures: [{ itemIdentifier: put[6] }, { itemIdentifier: put[3] }] } };
      });
      await aws.mapping({ ...names, FunctionResponseTypes: ["ReportBatchItemFailures"] });
      await aws.stepUntil("two events", () => (events.length === 2 ? true : undefined));
      await whenDelivered(8);
      expect(events.map(sequenceNumbers)).toEqual([put, put.slice(3)]);
    });

    it("by an answer that names no record of the batch are failures of the whole batch", async () => {
      const { names, behave, events } = await setUp("malformed");
      const put = await aws.put("malformed", keys(3));
      behave(() => (events.length === 1 ? { result: { batchItemFailures: [{ itemIdentifier: "" }] } } : undefined));
      await aws.mapping({ ...names, FunctionResponseTypes: ["ReportBatchItemFailures"] });
      await aws.stepUntil("two events", () => (events.length === 2 ? true : undefined));
      expect(events.map(sequenceNumbers)).toEqual([put, put]);
    });

    it("are given up when the records are older than the mapping allows", async () => {
      const { names, behave, delivered, whenDelivered } = await setUp("age");
      const bucket = await aws.bucket("age");
      behave((event) => (partitionKeys(event).includes("old") ? { error: "no" } : undefined));
      await aws.mapping({
        ...names,
        BatchSize: 1,
        MaximumRecordAgeInSeconds: 60,
        DestinationConfig: { OnFailure: { Destination: bucket } },
      });
      const [old] = await aws.put("age", ["old"]);
      await aws.target.clock.advance(40_000);
      const [young] = await aws.put("age", ["young"]);
      await aws.stepUntil("the young one", () => (delivered().length > 0 ? true : undefined), 1000);
      await whenDelivered(1);
      expect(delivered()).toEqual([young]);
      const [document] = (await aws.objects("age")).values();
      expect(document?.["requestContext"]).toMatchObject({ condition: "RecordAgeExceeded" });
      expect(document?.["KinesisBatchInfo"]).toMatchObject({ startSequenceNumber: old, endSequenceNumber: old });
    });
  });

  describe("shards", () => {
    it("are read at the same time by as many batches as the parallelization factor, each key in order", async () => {
      const { names, events, whenDelivered } = await setUp("parallel");
      const put = await aws.put(
        "parallel",
        Array.from({ length: 200 }, (_, index) => `key-${index % 17}`),
      );
      await aws.mapping({ ...names, BatchSize: 10, ParallelizationFactor: 5 });
      await whenDelivered(200);
      const byKey = new Map<string, string[]>();
      for (const { kinesis } of events.flatMap((event) => event.Records)) {
        byKey.set(kinesis.partitionKey, [...(byKey.get(kinesis.partitionKey) ?? []), kinesis.sequenceNumber]);
      }
      for (const numbers of byKey.values()) expect(numbers).toEqual(numbers.toSorted());
      expect([...byKey.values()].flat().toSorted()).toEqual(put.toSorted());
    });

    it("that were split are finished before their children begin", async () => {
      const { names, delivered, whenDelivered } = await setUp("split");
      const parent = await aws.put("split", keys(20));
      const [ShardToSplit] = await aws.shardIds("split");
      await aws.kinesis.send(
        new SplitShardCommand({ StreamName: "split", ShardToSplit, NewStartingHashKey: (2n ** 127n).toString() }),
      );
      await aws.stepUntil("the children", async () => ((await aws.shardIds("split")).length === 3 ? true : undefined));
      const children = await aws.put("split", keys(20));
      await aws.mapping({ ...names, BatchSize: 7 });
      await whenDelivered(40);
      expect(delivered().slice(0, 20)).toEqual(parent);
      expect(delivered().slice(20).toSorted()).toEqual(children.toSorted());
    });

    it("of a stream that is deleted are a problem, and its successor is read from the beginning", async () => {
      const { names, delivered, whenDelivered } = await setUp("gone");
      const uuid = await aws.mapping({ ...names, StartingPosition: "LATEST" });
      await aws.put("gone", keys(1));
      await whenDelivered(1);
      await aws.kinesis.send(new DeleteStreamCommand({ StreamName: "gone" }));
      await aws.result(uuid, "PROBLEM: ");
      expect((await aws.describe(uuid)).State).toBe("Enabled");
      await aws.stream("gone");
      const put = await aws.put("gone", keys(2));
      await whenDelivered(3);
      expect(delivered().slice(1)).toEqual(put);
    });
  });

  it("calls the code that the function has when the batch begins", async () => {
    const { names, behave, events, delivered, whenDelivered } = await setUp("updated");
    behave(() => ({ error: "old code" }));
    await aws.mapping(names);
    await aws.put("updated", keys(1));
    await aws.stepUntil("a first try", () => (events.length > 0 ? true : undefined));
    const source = `exports.handler = async (event) => {
      await fetch(process.env.COLLECTOR, { method: "POST", body: JSON.stringify({ ...event, code: "new" }) });
    };`;
    await aws.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "updated", ZipFile: zipOf(source) }));
    behave((event) => ("code" in event ? undefined : { error: "old code" }));
    await whenDelivered(1);
    expect(delivered()).toHaveLength(1);
  });
});
