import { describe, expect, it } from "@jest/globals";
import { CloudWatchClient, type Dimension, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DescribeStreamConsumerCommand, RegisterStreamConsumerCommand } from "@aws-sdk/client-kinesis";
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteFunctionConcurrencyCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { DeleteBucketCommand } from "@aws-sdk/client-s3";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { makeRole } from "../../role.ts";
import { useClient } from "../../target.ts";
import { type Consumer, keys, MappingFixture, type SourceEvent } from "../event-source-mapping-fixture.ts";
import { putInto, tableWithStream } from "./table-fixture.ts";

interface WindowEvent extends SourceEvent {
  readonly window: { readonly start: string; readonly end: string };
  readonly state: { readonly count?: number };
  readonly shardId: string;
  readonly eventSourceARN: string;
  readonly isFinalInvokeForWindow: boolean;
  readonly isWindowTerminatedEarly: boolean;
}

const MINUTE_MS = 60_000;

describe("settings of event source mappings", () => {
  const aws = MappingFixture.use();
  const dynamodb = useClient(new DynamoDBClient(aws.target.clientConfig()));

  const setUp = async (name: string) => {
    const EventSourceArn = await aws.stream(name);
    return { ...(await aws.consumer(name)), names: { FunctionName: name, EventSourceArn } };
  };

  const whenDelivered = ({ delivered }: Pick<Consumer, "delivered">, count: number) =>
    aws.stepUntil(`${count} records are delivered`, () => (delivered().length >= count ? true : undefined));

  describe("that are refused by name:", () => {
    it.each<[string, Partial<CreateEventSourceMappingCommandInput>, RegExp]>([
      ["MSK", { AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "g" } }, /Amazon MSK event sources is not/],
      ["Kafka of one's own", { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: "g" } }, /Apache Kafka event/],
      [
        "Kafka's brokers",
        { SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ["a:9092"] } }, EventSourceArn: undefined },
        /Apache Kafka event sources is not supported/,
      ],
      ["Kafka's topics", { Topics: ["topic"] }, /Amazon MSK event sources is not supported/],
      ["brokers of Amazon MQ", { Queues: ["queue"] }, /Amazon MQ event sources is not supported/],
      ["Amazon DocumentDB", { DocumentDBEventSourceConfig: { DatabaseName: "d" } }, /Amazon DocumentDB event sources/],
      [
        "what brokers are asked with",
        {
          SourceAccessConfigurations: [
            { Type: "BASIC_AUTH", URI: "arn:aws:secretsmanager:us-east-1:000000000000:secret:s" },
          ],
        },
        /SourceAccessConfigurations/,
      ],
    ])("%s", async (_what, input, message) => {
      const names = { FunctionName: "nobody", EventSourceArn: "arn:aws:kinesis:us-east-1:000000000000:stream/none" };
      const create = new CreateEventSourceMappingCommand({ ...names, StartingPosition: "LATEST", ...input });
      await expect(aws.lambda.send(create)).rejects.toThrow(message);
    });
  });

  describe("TumblingWindowInSeconds", () => {
    /** Counts records in the state, as AWS's example does. */
    const counting = ({ Records, state }: WindowEvent) => ({
      result: { state: { count: (state.count ?? 0) + Records.length } },
    });

    /** Waits for the invocation that ends the window of the first event. */
    const whenEnded = (events: readonly WindowEvent[]) =>
      aws.stepUntil("the window is ended", () => events.find((each) => each.isFinalInvokeForWindow), 1_000);

    it("gives the function what it made of a window of a stream so far, and at its end no records", async () => {
      const EventSourceArn = await aws.stream("tumbling");
      const { events, behave } = await aws.consumer<WindowEvent>("tumbling");
      behave(counting);
      await aws.target.clock.advance(MINUTE_MS - (aws.target.clock.now() % MINUTE_MS));
      const start = new Date(aws.target.clock.now());
      await aws.mapping({ FunctionName: "tumbling", EventSourceArn, BatchSize: 2, TumblingWindowInSeconds: 60 });
      await aws.put("tumbling", keys(3));
      const final = await whenEnded(events);
      const instant = (date: Date) => date.toISOString().replace(".000Z", "Z");
      expect(final).toEqual({
        Records: [],
        window: { start: instant(start), end: instant(new Date(start.getTime() + MINUTE_MS)) },
        state: { count: 3 },
        shardId: "shardId-000000000000",
        eventSourceARN: EventSourceArn,
        isFinalInvokeForWindow: true,
        isWindowTerminatedEarly: false,
      });
      expect(events.map(({ Records, state }) => [Records.length, state.count ?? 0])).toEqual([
        [2, 0],
        [1, 2],
        [0, 3],
      ]);
      expect(Object.keys(events[0] ?? {})).toEqual(Object.keys(final));
      await aws.put("tumbling", keys(1));
      await aws.stepUntil("the next window", () => (events.length > 3 ? true : undefined));
      expect(events[3]?.state).toEqual({});
      expect(events[3]?.window.start).not.toBe(events[0]?.window.start);
    });

    it("does the same for a table", async () => {
      const EventSourceArn = await tableWithStream(aws, dynamodb, "tumbling-table");
      const { events, behave } = await aws.consumer<WindowEvent>("tumbling-table");
      behave(counting);
      await aws.mapping({ FunctionName: "tumbling-table", EventSourceArn, TumblingWindowInSeconds: 60 });
      await putInto(dynamodb, "tumbling-table")("a");
      const final = await whenEnded(events);
      expect(final).toMatchObject({ Records: [], state: { count: 1 }, eventSourceARN: EventSourceArn });
    });

    it("fails a batch whose answer has no state", async () => {
      const EventSourceArn = await aws.stream("stateless");
      const { events, behave } = await aws.consumer<WindowEvent>("stateless");
      behave((event) => (events.length === 1 ? { result: {} } : counting(event)));
      await aws.mapping({ FunctionName: "stateless", EventSourceArn, TumblingWindowInSeconds: 60 });
      await aws.put("stateless", keys(2));
      await aws.stepUntil("the second attempt", () => (events.length > 1 ? true : undefined));
      expect(events[1]).toEqual(events[0]);
    });
  });

  it("a consumer as EventSourceArn is what events and answers name", async () => {
    const StreamARN = await aws.stream("fanned-out");
    const { events, ...consumer } = await aws.consumer("fanned-out");
    const { Consumer: made } = await aws.kinesis.send(
      new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: "reader" }),
    );
    const ConsumerARN = made?.ConsumerARN ?? "";
    await aws.stepUntil("the consumer is active", async () => {
      const { ConsumerDescription } = await aws.kinesis.send(new DescribeStreamConsumerCommand({ ConsumerARN }));
      return ConsumerDescription?.ConsumerStatus === "ACTIVE" ? true : undefined;
    });
    const uuid = await aws.mapping({ FunctionName: "fanned-out", EventSourceArn: ConsumerARN });
    const put = await aws.put("fanned-out", keys(3));
    await whenDelivered(consumer, 3);
    expect(consumer.delivered()).toEqual(put);
    expect((await aws.describe(uuid)).EventSourceArn).toBe(ConsumerARN);
    expect(events[0]?.Records[0]?.eventSourceARN).toBe(ConsumerARN);
  });

  /** Sums of metrics over the last hour. */
  const sumsOf =
    (dimension: Dimension) =>
    async (MetricName: string): Promise<number> => {
      const cloudwatch = new CloudWatchClient(aws.target.clientConfig());
      const now = aws.target.clock.now();
      const { Datapoints = [] } = await cloudwatch.send(
        new GetMetricStatisticsCommand({
          Namespace: "AWS/Lambda",
          MetricName,
          Dimensions: [dimension],
          StartTime: new Date(now - 60 * MINUTE_MS),
          EndTime: new Date(now + MINUTE_MS),
          Period: 60,
          Statistics: ["Sum"],
        }),
      );
      cloudwatch.destroy();
      return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
    };

  it("MetricsConfig EventCount publishes what became of the records", async () => {
    const consumer = await setUp("counted");
    const uuid = await aws.mapping({
      ...consumer.names,
      MetricsConfig: { Metrics: ["EventCount"] },
      FilterCriteria: { Filters: [{ Pattern: '{"data":{"key":[{"anything-but":"key-0"}]}}' }] },
    });
    await aws.put("counted", keys(3));
    await whenDelivered(consumer, 2);
    const sumOf = sumsOf({ Name: "EventSourceMappingUUID", Value: uuid });
    await aws.stepUntil("the metrics are there", async () =>
      (await sumOf("InvokedEventCount")) === 2 ? true : undefined,
    );
    expect([await sumOf("PolledEventCount"), await sumOf("FilteredOutEventCount")]).toEqual([3, 1]);
  });

  it("a destination that does not take what was given up is counted", async () => {
    const consumer = await setUp("untold");
    consumer.behave(() => ({ error: "not this one" }));
    const Destination = await aws.bucket("untold");
    await aws.mapping({
      ...consumer.names,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination } },
    });
    await aws.s3.send(new DeleteBucketCommand({ Bucket: "untold" }));
    await aws.put("untold", keys(1));
    const sumOf = sumsOf({ Name: "FunctionName", Value: "untold" });
    await aws.stepUntil("the failures are counted", async () =>
      (await sumOf("DestinationDeliveryFailures")) > 1 ? true : undefined,
    );
  });

  it("a function without concurrency has its records wait, and uses up no retry", async () => {
    const consumer = await setUp("no-concurrency");
    const FunctionName = "no-concurrency";
    await aws.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    const uuid = await aws.mapping({ ...consumer.names, MaximumRetryAttempts: 0 });
    const put = await aws.put(FunctionName, keys(2));
    await aws.result(uuid, "PROBLEM");
    for (let second = 0; second < 60; second++) await aws.target.clock.advance(1_000);
    expect(consumer.events).toEqual([]);
    await aws.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    await whenDelivered(consumer, 2);
    expect(consumer.delivered()).toEqual(put);
  });

  it("a role that may not read the stream is refused", async () => {
    const consumer = await setUp("unreadable-stream");
    const statements = [{ Effect: "Allow", Action: ["logs:*", "kinesis:DescribeStream"], Resource: "*" }] as const;
    const Role = await makeRole(aws.target.clientConfig(), "no-records", { statements });
    await aws.consumer("has-no-right");
    await aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "has-no-right", Role }));
    const input = { ...consumer.names, FunctionName: "has-no-right", StartingPosition: "LATEST" as const };
    await expect(aws.lambda.send(new CreateEventSourceMappingCommand(input))).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: expect.stringMatching(/^Cannot access stream .*Please ensure the role can perform the GetRecords/),
    });
  });

  it("a function whose role may not send to the mapping's destination does not take its place", async () => {
    const consumer = await setUp("tells-a-bucket");
    const Destination = await aws.bucket("told-by-one-only");
    const DestinationConfig = { OnFailure: { Destination } };
    const UUID = await aws.mapping({ ...consumer.names, DestinationConfig });
    const statements = [{ Effect: "Allow", Action: ["logs:*", "kinesis:*"], Resource: "*" }] as const;
    const Role = await makeRole(aws.target.clientConfig(), "no-buckets", { statements });
    await aws.consumer("tells-nobody");
    await aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "tells-nobody", Role }));
    const update = new UpdateEventSourceMappingCommand({ UUID, FunctionName: "tells-nobody" });
    await expect(aws.lambda.send(update)).rejects.toThrow(
      "The provided execution role does not have permissions to call PutObject on S3",
    );
  });

  describe("ParallelizationFactor", () => {
    it("keeps the changes of an item in order, while those of others go on beside them", async () => {
      const EventSourceArn = await tableWithStream(aws, dynamodb, "side-by-side");
      const { events } = await aws.consumer<DynamoDBStreamEvent>("side-by-side");
      const put = putInto(dynamodb, "side-by-side");
      for (let n = 0; n < 6; n++) for (const id of keys(5)) await put(id, { n: { N: String(n) } });
      await aws.mapping({ FunctionName: "side-by-side", EventSourceArn, BatchSize: 3, ParallelizationFactor: 4 });
      const records = () => events.flatMap(({ Records }) => Records);
      await aws.stepUntil("all changes are delivered", () => (records().length >= 30 ? true : undefined));
      for (const id of keys(5)) {
        const own = records().filter(({ dynamodb: change }) => change?.Keys?.["id"]?.S === id);
        expect(own.map(({ dynamodb: change }) => change?.NewImage?.["n"]?.N)).toEqual(["0", "1", "2", "3", "4", "5"]);
      }
    });
  });

  it("the event of a table has AWS's members, values and order", async () => {
    const EventSourceArn = await tableWithStream(aws, dynamodb, "event-of-a-table");
    const { events } = await aws.consumer<DynamoDBStreamEvent>("event-of-a-table");
    await aws.mapping({ FunctionName: "event-of-a-table", EventSourceArn });
    await putInto(dynamodb, "event-of-a-table")("Grüße", { bytes: { B: Uint8Array.of(1, 2) } });
    await aws.stepUntil("the change is delivered", () => (events.length > 0 ? true : undefined));
    const [given] = events[0]?.Records ?? [];
    const bytes = Buffer.of(1, 2).toString("base64");
    expect(JSON.stringify(events[0])).toBe(
      JSON.stringify({
        Records: [
          {
            eventID: given?.eventID,
            eventName: "INSERT",
            eventVersion: "1.1",
            eventSource: "aws:dynamodb",
            awsRegion: "us-east-1",
            dynamodb: {
              ApproximateCreationDateTime: given?.dynamodb?.ApproximateCreationDateTime,
              Keys: { id: { S: "Grüße" } },
              NewImage: { id: { S: "Grüße" }, bytes: { B: bytes } },
              SequenceNumber: given?.dynamodb?.SequenceNumber,
              SizeBytes: given?.dynamodb?.SizeBytes,
              StreamViewType: "NEW_AND_OLD_IMAGES",
            },
            eventSourceARN: EventSourceArn,
          },
        ],
      }),
    );
    expect(given?.eventID).toMatch(/^[0-9a-f]{32}$/);
    expect(typeof given?.dynamodb?.ApproximateCreationDateTime).toBe("number");
  });
});
