import { describe, expect, it } from "@jest/globals";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import {
  CreateStreamCommand,
  DeregisterStreamConsumerCommand,
  DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  PutRecordCommand,
  PutResourcePolicyCommand,
  RegisterStreamConsumerCommand,
} from "@aws-sdk/client-kinesis";
import {
  DeleteFunctionConcurrencyCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { DynamoDBStreamEvent, KinesisStreamEvent, SQSEvent } from "aws-lambda";
import { makeRole } from "../role.ts";
import { useClient } from "../target.ts";
import { type Consumer, keys, MappingFixture } from "./event-source-mapping-fixture.ts";
import { ROLE } from "./fixture.ts";

interface WindowEvent extends KinesisStreamEvent {
  readonly state: { readonly sum?: number };
  readonly window: { readonly start: string; readonly end: string };
  readonly isFinalInvokeForWindow: boolean;
}

const HOUR_MS = 3_600_000;

describe("event source mappings of every source", () => {
  const aws = MappingFixture.use();
  const dynamodb = useClient(new DynamoDBClient(aws.target.clientConfig()));
  const streams = useClient(new DynamoDBStreamsClient(aws.target.clientConfig()));
  const sqs = useClient(new SQSClient(aws.target.clientConfig()));

  const whenDelivered = (consumer: Pick<Consumer, "delivered">, count: number) =>
    aws.stepUntil(`${count} records are delivered`, () => (consumer.delivered().length >= count ? true : undefined));

  /** A table with a stream, and its stream's ARN. */
  const table = async (TableName: string): Promise<string> => {
    const create = new CreateTableCommand({
      TableName,
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    await dynamodb.send(create);
    return aws.stepUntil(`table ${TableName} is active`, async () => {
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
      return Table?.TableStatus === "ACTIVE" ? Table.LatestStreamArn : undefined;
    });
  };

  const queue = async (QueueName: string, VisibilityTimeout = "60") => {
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout } }));
    return { QueueUrl, arn: `arn:aws:sqs:us-east-1:000000000000:${QueueName}` };
  };

  describe("a DynamoDB stream", () => {
    it("comes as AWS's events: members, values and order", async () => {
      const EventSourceArn = await table("table-events");
      const consumer = await aws.consumer<DynamoDBStreamEvent>("table-events");
      await aws.mapping({ FunctionName: "table-events", EventSourceArn });
      const writtenAt = Math.floor(aws.target.clock.now() / 1000);
      const Item = { id: { S: "a" }, n: { N: "1.50" }, b: { B: Uint8Array.of(1, 2) }, l: { L: [{ BOOL: true }] } };
      await dynamodb.send(new PutItemCommand({ TableName: "table-events", Item }));
      await dynamodb.send(new DeleteItemCommand({ TableName: "table-events", Key: { id: { S: "a" } } }));
      await whenDelivered(consumer, 2);
      const records = consumer.events.flatMap(({ Records }) => Records);
      const image = { id: { S: "a" }, n: { N: "1.5" }, b: { B: "AQI=" }, l: { L: [{ BOOL: true }] } };
      const expected = (eventName: string, index: number, images: object) => ({
        eventID: records[index]?.eventID,
        eventName,
        eventVersion: "1.1",
        eventSource: "aws:dynamodb",
        awsRegion: "us-east-1",
        dynamodb: {
          ApproximateCreationDateTime: writtenAt,
          Keys: { id: { S: "a" } },
          ...images,
          SequenceNumber: records[index]?.dynamodb?.SequenceNumber,
          SizeBytes: records[index]?.dynamodb?.SizeBytes,
          StreamViewType: "NEW_AND_OLD_IMAGES",
        },
        eventSourceARN: EventSourceArn,
      });
      const wanted = [expected("INSERT", 0, { NewImage: image }), expected("REMOVE", 1, { OldImage: image })];
      expect(records).toEqual(wanted);
      expect(records.map((record) => Object.keys(record))).toEqual(wanted.map((record) => Object.keys(record)));
      const inner = records.map(({ dynamodb: change }) => Object.keys(change ?? {}));
      expect(inner).toEqual(wanted.map(({ dynamodb: change }) => Object.keys(change)));
    });

    it("is read on over its shards' ends, parents first", async () => {
      const EventSourceArn = await table("table-shards");
      const consumer = await aws.consumer<DynamoDBStreamEvent>("table-shards");
      await aws.mapping({ FunctionName: "table-shards", EventSourceArn });
      const put = (id: string) =>
        dynamodb.send(new PutItemCommand({ TableName: "table-shards", Item: { id: { S: id } } }));
      const ids = ["0", "1", "2"];
      for (const [place, id] of ids.entries()) {
        await put(id);
        await whenDelivered(consumer, place + 1);
        await aws.target.clock.advance(5 * HOUR_MS);
      }
      const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: EventSourceArn }));
      expect(StreamDescription?.Shards?.length).toBeGreaterThan(1);
      const seen = consumer.events.flatMap(({ Records }) =>
        Records.map(({ dynamodb: { Keys = {} } = {} }) => Keys["id"]?.S),
      );
      expect(seen).toEqual(ids);
    });

    it("is processed by several batches at a time, the changes of each item in order", async () => {
      const EventSourceArn = await table("table-parallel");
      const consumer = await aws.consumer<DynamoDBStreamEvent>("table-parallel");
      for (let n = 0; n < 60; n++) {
        const Item = { id: { S: `item-${n % 7}` }, n: { N: String(n) } };
        await dynamodb.send(new PutItemCommand({ TableName: "table-parallel", Item }));
      }
      await aws.mapping({ FunctionName: "table-parallel", EventSourceArn, BatchSize: 3, ParallelizationFactor: 4 });
      await whenDelivered(consumer, 60);
      const byItem = new Map<string, number[]>();
      for (const { dynamodb: change } of consumer.events.flatMap(({ Records }) => Records)) {
        const id = change?.Keys?.["id"]?.S ?? "";
        byItem.set(id, [...(byItem.get(id) ?? []), Number(change?.NewImage?.["n"]?.N)]);
      }
      expect(byItem.size).toBe(7);
      for (const numbers of byItem.values()) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    });

    it("tells the queue for failures which changes were given up", async () => {
      const EventSourceArn = await table("table-failures");
      const consumer = await aws.consumer<DynamoDBStreamEvent>("table-failures");
      consumer.behave(() => ({ error: "not this one" }));
      const { QueueUrl, arn } = await queue("table-given-up");
      await aws.mapping({
        FunctionName: "table-failures",
        EventSourceArn,
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: arn } },
      });
      await dynamodb.send(new PutItemCommand({ TableName: "table-failures", Item: { id: { S: "bad" } } }));
      const body = await aws.stepUntil("the document", async () => {
        const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
        return Messages?.[0]?.Body;
      });
      const { Shards } =
        (await streams.send(new DescribeStreamCommand({ StreamArn: EventSourceArn }))).StreamDescription ?? {};
      const sequenceNumber = consumer.events[0]?.Records[0]?.dynamodb?.SequenceNumber;
      const second = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(JSON.parse(body)).toEqual({
        requestContext: {
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          functionArn: "arn:aws:lambda:us-east-1:000000000000:function:table-failures",
          condition: "RetryAttemptsExhausted",
          approximateInvokeCount: 2,
        },
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        version: "1.0",
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        DDBStreamBatchInfo: {
          shardId: Shards?.[0]?.ShardId,
          startSequenceNumber: sequenceNumber,
          endSequenceNumber: sequenceNumber,
          approximateArrivalOfFirstRecord: second,
          approximateArrivalOfLastRecord: second,
          batchSize: 1,
          streamArn: EventSourceArn,
        },
      });
    });
  });

  describe("a consumer of a Kinesis stream", () => {
    it("is read like its stream, and is what the events name", async () => {
      const StreamARN = await aws.stream("fanned-out");
      const consumer = await aws.consumer("fanned-out");
      // what AWS's policy for roles that read streams allows, and no more
      const reading = ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"];
      const Action = [...reading, "ListStreams", "SubscribeToShard"].map((operation) => `kinesis:${operation}`);
      const statements = [{ Effect: "Allow", Action, Resource: "*" }] as const;
      const Role = await makeRole(aws.target.clientConfig(), "kinesis-execution", { statements });
      await aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "fanned-out", Role }));
      const { Consumer } = await aws.kinesis.send(
        new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: "mapped" }),
      );
      const EventSourceArn = Consumer?.ConsumerARN ?? "";
      await aws.stepUntil("the consumer is active", async () => {
        const { ConsumerDescription } = await aws.kinesis.send(
          new DescribeStreamConsumerCommand({ ConsumerARN: EventSourceArn }),
        );
        return ConsumerDescription?.ConsumerStatus === "ACTIVE" ? true : undefined;
      });
      const uuid = await aws.mapping({ FunctionName: "fanned-out", EventSourceArn });
      const put = await aws.put("fanned-out", keys(3));
      await whenDelivered(consumer, 3);
      expect(consumer.delivered()).toEqual(put);
      expect(consumer.events[0]?.Records[0]?.eventSourceARN).toBe(EventSourceArn);

      await aws.kinesis.send(new DeregisterStreamConsumerCommand({ ConsumerARN: EventSourceArn }));
      await aws.target.clock.advance(60_000);
      await aws.put("fanned-out", keys(1));
      await aws.result(uuid, "PROBLEM: Stream not found");
      expect(consumer.delivered()).toHaveLength(3);
    });
  });

  describe("a stream of another account", () => {
    it("is read where its policy lets the function's role, and refused where not", async () => {
      const credentials = { accessKeyId: "111122223333", secretAccessKey: "test" };
      const owner = new KinesisClient({ ...aws.target.clientConfig(), credentials });
      await owner.send(new CreateStreamCommand({ StreamName: "shared", ShardCount: 1 }));
      const arn = "arn:aws:kinesis:us-east-1:111122223333:stream/shared";
      await aws.stepUntil("the stream is active", async () => {
        const { StreamDescriptionSummary } = await owner.send(new DescribeStreamSummaryCommand({ StreamARN: arn }));
        return StreamDescriptionSummary?.StreamStatus === "ACTIVE" ? true : undefined;
      });
      const consumer = await aws.consumer("shared");
      const names = { FunctionName: "shared", EventSourceArn: arn };
      await expect(aws.mapping(names)).rejects.toThrow(`Cannot access stream ${arn}.`);
      const Action = ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"].map(
        (operation) => `kinesis:${operation}`,
      );
      const Statement = [{ Effect: "Allow", Principal: { AWS: ROLE }, Action, Resource: arn }];
      const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
      await owner.send(new PutResourcePolicyCommand({ ResourceARN: arn, Policy }));
      await aws.mapping(names);
      await owner.send(new PutRecordCommand({ StreamARN: arn, PartitionKey: "k", Data: Buffer.from("{}") }));
      await whenDelivered(consumer, 1);
      expect(consumer.events[0]?.Records[0]?.eventSourceARN).toBe(arn);
      owner.destroy();
    });
  });

  describe("tumbling windows", () => {
    it("hand a function its state from batch to batch, and let it end the window", async () => {
      const EventSourceArn = await aws.stream("windows");
      const consumer = await aws.consumer<WindowEvent>("windows");
      consumer.behave(({ Records, state }) => ({ result: { state: { sum: (state.sum ?? 0) + Records.length } } }));
      await aws.mapping({ FunctionName: "windows", EventSourceArn, BatchSize: 2, TumblingWindowInSeconds: 60 });
      await aws.put("windows", keys(5));
      const end = await aws.stepUntil(
        "the window's end",
        () => consumer.events.find(({ isFinalInvokeForWindow }) => isFinalInvokeForWindow),
        5_000,
      );
      expect(end).toMatchObject({ Records: [], state: { sum: 5 }, isWindowTerminatedEarly: false });
      const batches = consumer.events.filter((event) => event !== end);
      expect(batches.map(({ Records, state }) => [Records.length, state.sum ?? 0])).toEqual([
        [2, 0],
        [2, 2],
        [1, 4],
      ]);
      expect(new Set(consumer.events.map(({ window }) => window.start)).size).toBe(1);
    });
  });

  describe("a function without concurrency", () => {
    const reserve = (FunctionName: string, ReservedConcurrentExecutions: number) =>
      aws.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));

    it("gets the records of a stream once it has some: no retry is used up", async () => {
      const EventSourceArn = await aws.stream("throttled");
      const consumer = await aws.consumer("throttled");
      await reserve("throttled", 0);
      const bucket = await aws.bucket("throttled");
      const DestinationConfig = { OnFailure: { Destination: bucket } };
      const uuid = await aws.mapping({
        FunctionName: "throttled",
        EventSourceArn,
        MaximumRetryAttempts: 0,
        DestinationConfig,
      });
      const put = await aws.put("throttled", keys(2));
      await aws.result(uuid, "PROBLEM: Function cannot be invoked");
      await aws.target.clock.advance(60_000);
      await aws.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: "throttled" }));
      await whenDelivered(consumer, 2);
      expect(consumer.delivered()).toEqual(put);
      expect((await aws.objects("throttled")).size).toBe(0);
    });

    it("gets the messages of a queue once it has some, while they are hidden from others", async () => {
      const { QueueUrl, arn } = await queue("throttled-queue", "600");
      const consumer = await aws.consumer<SQSEvent>("throttled-queue");
      await reserve("throttled-queue", 0);
      await aws.mapping({ FunctionName: "throttled-queue", EventSourceArn: arn, StartingPosition: undefined });
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "patient" }));
      await aws.stepUntil("the message is received", async () => {
        const AttributeNames = ["ApproximateNumberOfMessagesNotVisible" as const];
        const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
        return Attributes?.ApproximateNumberOfMessagesNotVisible === "1" ? true : undefined;
      });
      await aws.target.clock.advance(120_000);
      await aws.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: "throttled-queue" }));
      await whenDelivered(consumer, 1);
      expect(consumer.events[0]?.Records[0]?.attributes.ApproximateReceiveCount).toBe("1");
    });
  });

  describe("how a mapping is doing", () => {
    it("is told at /_headwater/event-source-mappings", async () => {
      const EventSourceArn = await aws.stream("watched");
      const consumer = await aws.consumer("watched");
      consumer.behave(() => ({ error: "out of order" }));
      const uuid = await aws.mapping({ FunctionName: "watched", EventSourceArn, BatchSize: 2 });
      const put = await aws.put("watched", keys(3));
      const shard = await aws.stepUntil("a second attempt has failed", async () => {
        const response = await fetch(`${aws.target.endpoint}/_headwater/event-source-mappings`);
        const { mappings } = (await response.json()) as {
          mappings: { uuid: string; shards: Record<string, unknown>[] }[];
        };
        const [first] = mappings.find((mapping) => mapping.uuid === uuid)?.shards ?? [];
        const [batch] = (first?.["batches"] ?? []) as { attempt: number; isRunning: boolean }[];
        return batch?.attempt === 3 && !batch.isRunning ? first : undefined;
      });
      expect(shard).toMatchObject({
        position: { kind: "horizon" },
        waiting: 1,
        batches: [{ size: 2, first: put[0], last: put[1], lastError: "Unhandled: Error: out of order" }],
        counts: { read: 3, invoked: 4, failed: 4 },
      });
    });

    it("is counted in CloudWatch where MetricsConfig asks for it", async () => {
      const cloudwatch = new CloudWatchClient(aws.target.clientConfig());
      const EventSourceArn = await aws.stream("counted");
      const consumer = await aws.consumer("counted");
      const uuid = await aws.mapping({
        FunctionName: "counted",
        EventSourceArn,
        MetricsConfig: { Metrics: ["EventCount"] },
        FilterCriteria: { Filters: [{ Pattern: '{"data":{"key":["key-1","key-2"]}}' }] },
      });
      await aws.put("counted", keys(5));
      await whenDelivered(consumer, 2);
      const sum = async (MetricName: string) => {
        const { Datapoints = [] } = await cloudwatch.send(
          new GetMetricStatisticsCommand({
            Namespace: "AWS/Lambda",
            MetricName,
            Dimensions: [{ Name: "EventSourceMappingUUID", Value: uuid }],
            StartTime: new Date(aws.target.clock.now() - HOUR_MS),
            EndTime: new Date(aws.target.clock.now() + HOUR_MS),
            Period: 10_800,
            Statistics: ["Sum"],
          }),
        );
        return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
      };
      expect(await sum("PolledEventCount")).toBe(5);
      expect(await sum("FilteredOutEventCount")).toBe(3);
      expect(await sum("InvokedEventCount")).toBe(2);
      cloudwatch.destroy();
    });
  });
});
