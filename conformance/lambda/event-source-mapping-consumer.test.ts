import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeStreamConsumerCommand, SplitShardCommand } from "@aws-sdk/client-kinesis";
import {
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { register, SHARD, subscribe, type Subscription } from "../kinesis/fan-out.ts";
import { keys, MappingFixture, type SourceEvent } from "./event-source-mapping-fixture.ts";

const EXCLUSIVE_MS = 5_000;
const LIFETIME_MS = 300_000;
const HOUR_MS = 3_600_000;

interface WindowEvent extends SourceEvent {
  readonly state: { readonly count?: number };
  readonly isFinalInvokeForWindow: boolean;
}

const inUse = { name: "ResourceInUseException" };
const PROBLEM = "PROBLEM: Another active subscription exists for this consumer";

describe("event source mappings of a consumer of a Kinesis stream", () => {
  let aws = MappingFixture.use();

  /** A stream, a consumer of it that is ACTIVE, and a function, all of one name. */
  const setUp = async <E extends SourceEvent>(name: string) => {
    await aws.stream(name);
    const ConsumerARN = await register(aws.kinesis, name, name);
    await aws.stepUntil("the consumer is active", async () => {
      const { ConsumerDescription } = await aws.kinesis.send(new DescribeStreamConsumerCommand({ ConsumerARN }));
      return ConsumerDescription?.ConsumerStatus === "ACTIVE" ? true : undefined;
    });
    const reader = await aws.consumer<E>(name);
    // without a step: what is checked is whether it comes at once
    const whenDelivered = (count: number, stepMs = 0) =>
      aws.stepUntil(
        `${count} records are delivered`,
        () => (reader.delivered().length >= count ? true : undefined),
        stepMs,
      );
    return {
      ...reader,
      whenDelivered,
      ConsumerARN,
      names: { FunctionName: name, EventSourceArn: ConsumerARN },
      put: (count: number) => aws.put(name, keys(count)),
      subscribe: () => subscribe(aws.kinesis, ConsumerARN, "LATEST"),
    };
  };

  const switched = async (UUID: string, Enabled: boolean) => {
    await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
    await aws.state(UUID, Enabled ? "Enabled" : "Disabled");
  };

  const sequenceNumbers = async (subscription: Subscription): Promise<string[]> =>
    ((await subscription.next())?.Records ?? []).map(({ SequenceNumber = "" }) => SequenceNumber);

  it("hold its subscription: for five seconds nobody else can subscribe, then another one takes the place", async () => {
    const { names, put, ...consumer } = await setUp("taken-over");
    const uuid = await aws.mapping(names);
    const first = await put(2);
    await consumer.whenDelivered(2);
    await expect(consumer.subscribe()).rejects.toMatchObject(inUse);

    await aws.target.clock.advance(EXCLUSIVE_MS);
    const other = await consumer.subscribe();
    await aws.result(uuid, PROBLEM);
    const second = await put(2);
    expect(await sequenceNumbers(other)).toEqual(second);
    expect(consumer.delivered()).toEqual(first);

    // and the other way round: what was put meanwhile is not lost
    await consumer.whenDelivered(4, 500);
    expect(consumer.delivered()).toEqual([...first, ...second]);
    await expect(other.rest()).rejects.toMatchObject(inUse);
  });

  it("wait for five seconds where somebody else has just subscribed, and then take the place", async () => {
    const { names, put, ...consumer } = await setUp("later");
    const other = await consumer.subscribe();
    const uuid = await aws.mapping(names);
    await aws.result(uuid, PROBLEM);
    const records = await put(1);
    expect(await sequenceNumbers(other)).toEqual(records);
    expect(consumer.events).toEqual([]);
    await consumer.whenDelivered(1, 500);
    await expect(other.rest()).rejects.toMatchObject(inUse);
  });

  it("give it up when they are switched off or deleted, and take it again when they are switched on", async () => {
    const { names, put, ...consumer } = await setUp("given-up");
    const uuid = await aws.mapping(names);
    await put(1);
    await consumer.whenDelivered(1);
    await switched(uuid, false);
    await switched(uuid, true);
    await put(1);
    await consumer.whenDelivered(2);
    await switched(uuid, false);
    const other = await consumer.subscribe();
    const records = await put(1);
    expect(await sequenceNumbers(other)).toEqual(records);
    await aws.target.clock.advance(EXCLUSIVE_MS);
    await switched(uuid, true);
    await consumer.whenDelivered(3);
    await expect(consumer.subscribe()).rejects.toMatchObject(inUse);

    await aws.lambda.send(new DeleteEventSourceMappingCommand({ UUID: uuid }));
    await aws.stepUntil("the mapping is gone", () =>
      aws.lambda.send(new GetEventSourceMappingCommand({ UUID: uuid })).then(
        () => undefined,
        () => true,
      ),
    );
    await consumer.subscribe();
  });

  it("are given what is put behind LATEST and nothing else, also after hours and while they were switched off", async () => {
    const { names, put, ...consumer } = await setUp("latest");
    await put(2);
    const uuid = await aws.mapping({ ...names, StartingPosition: "LATEST" });
    await switched(uuid, false);
    const missed = await put(2);
    await switched(uuid, true);
    await consumer.whenDelivered(2);
    await aws.target.clock.advance(HOUR_MS);
    const next = await put(1);
    await consumer.whenDelivered(3);
    expect(consumer.delivered()).toEqual([...missed, ...next]);
  });

  it("begin at LATEST of their making though nothing comes for hours", async () => {
    const { names, put, ...consumer } = await setUp("idle");
    await put(2);
    await aws.mapping({ ...names, StartingPosition: "LATEST" });
    await aws.target.clock.advance(HOUR_MS);
    const next = await put(1);
    await consumer.whenDelivered(1);
    expect(consumer.delivered()).toEqual(next);
  });

  it("subscribe again when five minutes are over", async () => {
    const { names, put, ...consumer } = await setUp("renewed");
    await aws.mapping(names);
    for (let count = 1; count <= 3; count++) {
      await put(1);
      await consumer.whenDelivered(count);
      await aws.target.clock.advance(LIFETIME_MS + 1);
    }
    expect(new Set(consumer.delivered()).size).toBe(3);
  });

  it("go on with the children of a shard that is split, and end their tumbling windows", async () => {
    const { names, put, ...consumer } = await setUp<WindowEvent>("resharded");
    consumer.behave(({ Records, state }) => ({ result: { state: { count: (state.count ?? 0) + Records.length } } }));
    await put(3);
    await aws.mapping({ ...names, BatchSize: 2, TumblingWindowInSeconds: 60 });
    await consumer.whenDelivered(3);
    const NewStartingHashKey = (2n ** 127n).toString();
    await aws.kinesis.send(new SplitShardCommand({ StreamName: "resharded", ShardToSplit: SHARD, NewStartingHashKey }));
    await aws.target.clock.advance(100);
    await put(20);
    await consumer.whenDelivered(23);
    const ends = () => consumer.events.filter(({ isFinalInvokeForWindow }) => isFinalInvokeForWindow);
    await aws.stepUntil("three windows have ended", () => (ends().length >= 3 ? true : undefined), 5_000);
    expect(ends()[0]?.state.count).toBe(3);
    expect(ends().reduce((sum, { state }) => sum + (state.count ?? 0), 0)).toBe(23);
  });

  it("are counted as the consumer's, and not as reads of the stream", async () => {
    const cloudwatch = new CloudWatchClient(aws.target.clientConfig());
    const { names, put, ...consumer } = await setUp("measured");
    await aws.mapping(names);
    await put(3);
    await consumer.whenDelivered(3);
    const sum = async (MetricName: string, ConsumerName?: string) => {
      const now = aws.target.clock.now();
      const Dimensions = [{ Name: "StreamName", Value: "measured" }];
      if (ConsumerName !== undefined) Dimensions.push({ Name: "ConsumerName", Value: ConsumerName });
      const answer = await cloudwatch.send(
        new GetMetricStatisticsCommand({
          Namespace: "AWS/Kinesis",
          MetricName,
          Dimensions,
          StartTime: new Date(now - HOUR_MS),
          EndTime: new Date(now + HOUR_MS),
          Period: 2 * HOUR_MS,
          Statistics: ["Sum"],
        }),
      );
      return answer.Datapoints?.[0]?.Sum ?? 0;
    };
    expect(await sum("SubscribeToShardEvent.Records", "measured")).toBe(3);
    expect(await sum("GetRecords.Records")).toBe(0);
    cloudwatch.destroy();
  });

  it("subscribe again after a restart, and go on behind their checkpoint", async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "headwater-consumer-restart-"));
    const before = aws;
    try {
      aws = await MappingFixture.open({ dataDirectory });
      const { names, put, ...consumer } = await setUp("restarted");
      const uuid = await aws.mapping(names);
      const first = await put(2);
      await consumer.whenDelivered(2);
      await aws.result(uuid, "OK");
      await aws[Symbol.asyncDispose]();

      aws = await MappingFixture.open({ dataDirectory });
      const after = aws.listen("restarted");
      const Variables = { COLLECTOR: aws.collectorUrl("restarted") };
      await aws.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: "restarted", Environment: { Variables } }),
      );
      const second = await aws.put("restarted", keys(1));
      await aws.stepUntil("the next record", () => (after.delivered().length > 0 ? true : undefined));
      expect(first).not.toContain(second[0]);
      expect(after.delivered()).toEqual(second);
      await expect(subscribe(aws.kinesis, consumer.ConsumerARN)).rejects.toMatchObject(inUse);
    } finally {
      await aws[Symbol.asyncDispose]();
      aws = before;
      rmSync(dataDirectory, { recursive: true, force: true });
    }
  });
});
