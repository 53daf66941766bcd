import { describe, expect, it } from "@jest/globals";
import { KinesisClient, CreateStreamCommand, PutRecordCommand, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { CreateEventSourceMappingCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { keys, MappingFixture } from "../event-source-mapping-fixture.ts";

const HOUR_MS = 3_600_000;

/** What users of other emulators found missing. */
describe("a mapping of a Kinesis stream", () => {
  const aws = MappingFixture.use();

  const setUp = (name: string, shardCount?: number) => aws.streamAndConsumer(name, shardCount);

  it("goes on after hours in which nothing came", async () => {
    const { names, whenDelivered, delivered } = await setUp("idle");
    await aws.mapping({ ...names, StartingPosition: "LATEST" });
    const before = await aws.put("idle", ["before"]);
    await whenDelivered(1);
    for (let hour = 0; hour < 6; hour++) await aws.target.clock.advance(HOUR_MS);
    const after = await aws.put("idle", ["after"]);
    await whenDelivered(2);
    expect(delivered()).toEqual([...before, ...after]);
  });

  it("gives every function of a stream every record", async () => {
    const first = await setUp("shared", 2);
    const second = await aws.consumer("shared-too");
    await aws.mapping({ ...first.names, StartingPosition: "LATEST" });
    await aws.mapping({ ...first.names, FunctionName: "shared-too", StartingPosition: "LATEST" });
    const put = await aws.put("shared", keys(20));
    await first.whenDelivered(20);
    await aws.stepUntil("the second function has all", () => (second.delivered().length >= 20 ? true : undefined));
    expect(first.delivered().toSorted()).toEqual(put.toSorted());
    expect(second.delivered().toSorted()).toEqual(put.toSorted());
  });

  it("cuts what one PutRecords brought by the batch size", async () => {
    const { names, whenDelivered, events } = await setUp("one-by-one");
    await aws.mapping({ ...names, BatchSize: 1, StartingPosition: "LATEST" });
    await aws.put("one-by-one", keys(3));
    await whenDelivered(3);
    expect(events.map(({ Records }) => Records.length)).toEqual([1, 1, 1]);
  });

  it("cuts batches by the size that it was changed to", async () => {
    const { names, whenDelivered, events } = await setUp("resized");
    const UUID = await aws.mapping({ ...names, BatchSize: 1 });
    await aws.put("resized", keys(2));
    await whenDelivered(2);
    await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID, BatchSize: 4 }));
    await aws.state(UUID, "Enabled");
    await aws.put("resized", keys(4));
    await whenDelivered(6);
    expect(events.map(({ Records }) => Records.length)).toEqual([1, 1, 4]);
  });

  it("from LATEST misses nothing that is put while it is being changed", async () => {
    const { names, whenDelivered, delivered } = await setUp("changing");
    const UUID = await aws.mapping({ ...names, StartingPosition: "LATEST" });
    const put: string[] = [];
    for (const BatchSize of [1, 2, 3]) {
      put.push(...(await aws.put("changing", ["before"])));
      const update = aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID, BatchSize }));
      put.push(...(await aws.put("changing", ["while"])));
      await update;
      await aws.state(UUID, "Enabled");
    }
    await whenDelivered(6);
    expect([...new Set(delivered())]).toEqual(put);
  });

  it("sends the rest of a partial failure to the queue for failures", async () => {
    const sqs = new SQSClient(aws.target.clientConfig());
    await sqs.send(new CreateQueueCommand({ QueueName: "partial-failures" }));
    const { names, whenDelivered, behave } = await setUp("partial-to-queue");
    const put = await aws.put("partial-to-queue", ["good", "bad", "after"]);
    behave((event) => {
      const bad = event.Records.find(({ kinesis }) => kinesis.partitionKey === "bad");
      return bad && { result: { batchItemFailures: [{ itemIdentifier: bad.kinesis.sequenceNumber }] } };
    });
    await aws.mapping({
      ...names,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:us-east-1:000000000000:partial-failures" } },
    });
    await whenDelivered(1);
    const QueueUrl = `${aws.target.endpoint}/000000000000/partial-failures`;
    const body = await aws.stepUntil("the queue has the failure", async () => {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      return Messages?.[0]?.Body;
    });
    expect(JSON.parse(body)).toMatchObject({
      requestContext: { condition: "RetryAttemptsExhausted" },
      KinesisBatchInfo: { startSequenceNumber: put[1], endSequenceNumber: put[2], batchSize: 2 },
    });
    sqs.destroy();
  });

  it("delivers each record once while nothing fails, however often nothing was there", async () => {
    const { names, whenDelivered, delivered } = await setUp("once", 2);
    await aws.mapping({ ...names, StartingPosition: "LATEST" });
    const put: string[] = [];
    for (let round = 0; round < 10; round++) {
      put.push(...(await aws.put("once", keys(4))));
      await whenDelivered(put.length);
      await aws.target.clock.advance(round * 1_000);
    }
    expect(delivered().toSorted()).toEqual(put.toSorted());
  });

  it("reads the stream of its own account, whatever others are called", async () => {
    const { names, whenDelivered, events } = await setUp("everybodys");
    const others = { credentials: { accessKeyId: "222222222222", secretAccessKey: "x" } };
    const kinesis = new KinesisClient({ ...aws.target.clientConfig(), ...others });
    await kinesis.send(new CreateStreamCommand({ StreamName: "everybodys", ShardCount: 1 }));
    await aws.mapping(names);
    await aws.stepUntil("the other stream takes records", async () => {
      const record = { StreamName: "everybodys", PartitionKey: "theirs", Data: Buffer.from("theirs") };
      return kinesis.send(new PutRecordCommand(record)).catch(() => undefined);
    });
    await aws.put("everybodys", ["ours"]);
    await whenDelivered(1);
    expect(events.flatMap(({ Records }) => Records.map((each) => each.kinesis.partitionKey))).toEqual(["ours"]);
    kinesis.destroy();
  });

  it.each([
    ["another account, as no policy lets it", "arn:aws:kinesis:us-east-1:222222222222:stream/here"],
    ["another region", "arn:aws:kinesis:eu-west-1:000000000000:stream/here"],
    ["another service", "arn:aws:firehose:us-east-1:000000000000:stream/here"],
    ["no form of an ARN", "here"],
  ])("is not made of a stream of %s, also where one of that name is there", async (_where, EventSourceArn) => {
    await aws.stream("here").catch(() => undefined); // the first case has made them
    const others = { credentials: { accessKeyId: "222222222222", secretAccessKey: "x" } };
    const theirs = new KinesisClient({ ...aws.target.clientConfig(), ...others });
    await theirs.send(new CreateStreamCommand({ StreamName: "here", ShardCount: 1 })).catch(() => undefined);
    theirs.destroy();
    await aws.consumer("elsewhere").catch(() => undefined);
    const input = { FunctionName: "elsewhere", EventSourceArn, StartingPosition: "LATEST" as const };
    await expect(aws.lambda.send(new CreateEventSourceMappingCommand(input))).rejects.toMatchObject({
      $metadata: { httpStatusCode: expect.any(Number) },
      name: expect.stringMatching(/InvalidParameterValueException|ValidationException|NotImplemented/),
    });
  });

  it("gets nothing of a call of PutRecords with a malformed record", async () => {
    const { names, whenDelivered, events } = await setUp("malformed");
    await aws.mapping({ ...names, StartingPosition: "LATEST" });
    const good = { PartitionKey: "good", Data: Buffer.from("good") };
    const Records = [good, { PartitionKey: "", Data: Buffer.from("bad") }];
    await expect(aws.kinesis.send(new PutRecordsCommand({ StreamName: "malformed", Records }))).rejects.toMatchObject({
      name: "ValidationException",
      $metadata: { httpStatusCode: 400 },
    });
    await aws.put("malformed", ["next"]);
    await whenDelivered(1);
    expect(events.flatMap(({ Records: given }) => given.map((each) => each.kinesis.partitionKey))).toEqual(["next"]);
  });
});
