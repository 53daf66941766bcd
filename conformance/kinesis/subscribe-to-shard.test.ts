import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import {
  DeleteStreamCommand,
  DeregisterStreamConsumerCommand,
  KinesisClient,
  MergeShardsCommand,
  PutRecordsCommand,
  PutResourcePolicyCommand,
  SplitShardCommand,
  StartStreamEncryptionCommand,
} from "@aws-sdk/client-kinesis";
import { register, SHARD, subscribe } from "./fan-out.ts";
import { useClient } from "../target.ts";
import { bytes, put, raw, shardsOf, useKinesis } from "./support.ts";

const on = useKinesis("on");
const { kinesis } = on;
const cloudwatch = useClient(new CloudWatchClient(on.target.clientConfig()));
const account = "under account 000000000000";
const EXCLUSIVE_MS = 5_000;
const LIFETIME_MS = 300_000;

/** A stream with a consumer that is ACTIVE. */
async function consumed(shards = 1): Promise<{ stream: string; consumer: string }> {
  const stream = await on.stream(shards);
  const consumer = await register(kinesis, stream);
  await on.settle();
  return { stream, consumer };
}

/** The sum of what was published of the stream's consumer in this minute. */
async function measured(stream: string, MetricName: string): Promise<number | undefined> {
  const now = on.target.clock.now();
  const answer = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: "AWS/Kinesis",
      MetricName,
      Dimensions: [
        { Name: "StreamName", Value: stream },
        { Name: "ConsumerName", Value: "consumer" },
      ],
      StartTime: new Date(now - (now % 60_000)),
      EndTime: new Date(now + 60_000),
      Period: 60,
      Statistics: ["Sum"],
    }),
  );
  return answer.Datapoints?.[0]?.Sum;
}

const inUse = (stream: string) => ({
  name: "ResourceInUseException",
  message: `Another active subscription exists for this consumer: 000000000000:${stream}:${SHARD}:consumer`,
});

describe("SubscribeToShard", () => {
  describe("validation", () => {
    it("wants a consumer, a shard and a place to start from", async () => {
      expect(await raw(on.target, "SubscribeToShard", {})).toMatchObject({
        status: 400,
        type: "ValidationException",
        message: expect.stringMatching(/'consumerARN'.*'shardId'.*'startingPosition'/),
      });
      const input = { ConsumerARN: "consumer", ShardId: SHARD, StartingPosition: { Type: "EARLIEST" } };
      expect(await raw(on.target, "SubscribeToShard", input)).toMatchObject({
        type: "ValidationException",
        message: expect.stringMatching(/'consumerARN'.*'startingPosition.type' .* enum value set/),
      });
    });

    it("answers errors before the stream as those of any other call", async () => {
      const { stream, consumer } = await consumed();
      const StartingPosition = { Type: "LATEST" };
      const refused = (given: object) =>
        raw(on.target, "SubscribeToShard", { ConsumerARN: consumer, ShardId: SHARD, StartingPosition, ...given });
      const unknown = consumer.replace(/\d+$/, "1");
      expect(await refused({ ConsumerARN: unknown })).toEqual({
        status: 400,
        type: "ResourceNotFoundException",
        message: `Consumer ${unknown} not found.`,
      });
      expect(await refused({ ShardId: "shardId-000000000001" })).toEqual({
        status: 400,
        type: "ResourceNotFoundException",
        message: `Shard shardId-000000000001 in stream ${stream} ${account} does not exist`,
      });
      expect(await refused({ StartingPosition: { Type: "AT_SEQUENCE_NUMBER" } })).toMatchObject({
        type: "InvalidArgumentException",
      });
      expect(await refused({ StartingPosition: { Type: "AT_SEQUENCE_NUMBER", SequenceNumber: "7" } })).toMatchObject({
        type: "InvalidArgumentException",
        message: `StartingSequenceNumber 7 used in SubscribeToShard on shard ${SHARD} in stream ${stream} ${account} is invalid.`,
      });
      const Timestamp = on.target.clock.now() / 1000 + 60;
      expect(await refused({ StartingPosition: { Type: "AT_TIMESTAMP", Timestamp } })).toMatchObject({
        type: "InvalidArgumentException",
      });
      expect(await refused({ DryRun: true })).toMatchObject({ type: "DryRunOperationException" });
    });

    it("wants a consumer that is ACTIVE", async () => {
      const stream = await on.stream();
      const consumer = await register(kinesis, stream);
      await expect(subscribe(kinesis, consumer)).rejects.toMatchObject({
        name: "ResourceInUseException",
        message: expect.stringMatching(/^Consumer consumer with creation timestamp \d+ .* is not in ACTIVE status\.$/),
      });
    });
  });

  describe("behaviour", () => {
    it("pushes what is there, then what is put, with all that a record has", async () => {
      const { stream, consumer } = await consumed();
      const [first] = await put(kinesis, stream, ["before"]);
      const subscription = await subscribe(kinesis, consumer);
      expect(await subscription.next()).toEqual({
        Records: [
          {
            Data: bytes("before"),
            PartitionKey: "key",
            SequenceNumber: first,
            ApproximateArrivalTimestamp: new Date(on.target.clock.now()),
          },
        ],
        ContinuationSequenceNumber: first,
        MillisBehindLatest: 0,
      });
      const numbers = await put(kinesis, stream, ["1", "2", "3"]);
      expect(await subscription.texts(3)).toEqual(["1", "2", "3"]);
      await kinesis.send(
        new StartStreamEncryptionCommand({
          StreamName: stream,
          EncryptionType: "KMS",
          KeyId: "alias/aws/kinesis",
        }),
      );
      await on.settle();
      await put(kinesis, stream, ["4"]);
      const event = await subscription.next();
      expect(event?.Records).toMatchObject([{ EncryptionType: "KMS" }]);
      expect(BigInt(event?.ContinuationSequenceNumber ?? 0)).toBeGreaterThan(BigInt(numbers[2] ?? 0));
    });

    it("starts where it is told", async () => {
      const { stream } = await consumed();
      const numbers = await put(kinesis, stream, ["0", "1"]);
      await on.target.clock.advance(2_000);
      const Timestamp = new Date(on.target.clock.now());
      await put(kinesis, stream, ["2"]);
      const from = async (name: string, start: Parameters<typeof subscribe>[2]) => {
        const consumer = await register(kinesis, stream, name);
        await on.settle();
        return subscribe(kinesis, consumer, start);
      };
      const SequenceNumber = numbers[1] ?? "";
      const horizon = await from("horizon", "TRIM_HORIZON");
      const at = await from("at", { Type: "AT_SEQUENCE_NUMBER", SequenceNumber });
      const after = await from("after", { Type: "AFTER_SEQUENCE_NUMBER", SequenceNumber });
      const since = await from("since", { Type: "AT_TIMESTAMP", Timestamp });
      const latest = await from("latest", "LATEST");
      await put(kinesis, stream, ["3"]);
      expect(await horizon.texts(4)).toEqual(["0", "1", "2", "3"]);
      expect(await at.texts(3)).toEqual(["1", "2", "3"]);
      expect(await after.texts(2)).toEqual(["2", "3"]);
      expect(await since.texts(2)).toEqual(["2", "3"]);
      expect(await latest.texts(1)).toEqual(["3"]);
    });

    it("tells how far it is behind, and goes on after the number that each event ends with", async () => {
      const { stream, consumer } = await consumed();
      const Data = Buffer.alloc(600 << 10);
      const Records = ["a", "b"].map((PartitionKey) => ({ PartitionKey, Data }));
      await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records: Records.slice(0, 1) }));
      await on.target.clock.advance(1_000);
      await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records: Records.slice(1) }));
      await on.target.clock.advance(1_000);
      const subscription = await subscribe(kinesis, consumer);
      const first = await subscription.next();
      expect(first).toMatchObject({ Records: [{ PartitionKey: "a" }], MillisBehindLatest: 2_000 });
      expect(await subscription.next()).toMatchObject({ Records: [{ PartitionKey: "b" }], MillisBehindLatest: 0 });

      await on.target.clock.advance(EXCLUSIVE_MS);
      const SequenceNumber = first?.ContinuationSequenceNumber;
      const resumed = await subscribe(kinesis, consumer, { Type: "AFTER_SEQUENCE_NUMBER", SequenceNumber });
      expect(await resumed.next()).toMatchObject({ Records: [{ PartitionKey: "b" }] });
    });

    it("says every five seconds that nothing has come, and where to go on", async () => {
      const { stream, consumer } = await consumed();
      await put(kinesis, stream, ["old"]);
      const subscription = await subscribe(kinesis, consumer, "LATEST");
      await on.target.clock.advance(5_000);
      const idle = await subscription.next();
      expect(idle).toEqual({
        Records: [],
        ContinuationSequenceNumber: expect.stringMatching(/^\d{56}$/),
        MillisBehindLatest: 0,
      });
      await put(kinesis, stream, ["new"]);
      expect(await subscription.texts(1)).toEqual(["new"]);
      const SequenceNumber = idle?.ContinuationSequenceNumber;
      const resumed = await subscribe(kinesis, consumer, { Type: "AFTER_SEQUENCE_NUMBER", SequenceNumber });
      expect(await resumed.texts(1)).toEqual(["new"]);
    });

    it("gives a place to go on in a shard that has never had a record", async () => {
      const { stream, consumer } = await consumed();
      const subscription = await subscribe(kinesis, consumer);
      await on.target.clock.advance(5_000);
      const SequenceNumber = (await subscription.next())?.ContinuationSequenceNumber;
      await put(kinesis, stream, ["first"]);
      const resumed = await subscribe(kinesis, consumer, { Type: "AFTER_SEQUENCE_NUMBER", SequenceNumber });
      expect(await resumed.texts(1)).toEqual(["first"]);
    });

    it("lasts five minutes, and ends without an error", async () => {
      const { stream, consumer } = await consumed();
      const subscription = await subscribe(kinesis, consumer);
      await on.target.clock.advance(LIFETIME_MS - 1);
      await put(kinesis, stream, ["late"]);
      expect(await subscription.texts(1)).toEqual(["late"]);
      await on.target.clock.advance(1);
      expect(await subscription.rest()).toEqual([]);
    });

    it("refuses a second subscription for five seconds; then it takes the place of the first", async () => {
      const { stream, consumer } = await consumed(2);
      const first = await subscribe(kinesis, consumer);
      await expect(subscribe(kinesis, consumer)).rejects.toMatchObject(inUse(stream));
      // of another shard and of another consumer there may be one
      await subscribe(kinesis, consumer, "TRIM_HORIZON", "shardId-000000000001");
      const other = await register(kinesis, stream, "other");
      await on.settle();
      await subscribe(kinesis, other);

      await on.target.clock.advance(EXCLUSIVE_MS - 101);
      await expect(subscribe(kinesis, consumer)).rejects.toMatchObject(inUse(stream));
      await on.target.clock.advance(1);
      const second = await subscribe(kinesis, consumer);
      await expect(first.rest()).rejects.toMatchObject(inUse(stream));
      await put(kinesis, stream, ["x"], "a");
      expect(await second.texts(1)).toEqual(["x"]);
    });

    it("names the children at the end of a shard that is split, and is over", async () => {
      const { stream, consumer } = await consumed();
      const subscription = await subscribe(kinesis, consumer);
      await put(kinesis, stream, ["last"]);
      const NewStartingHashKey = (2n ** 127n).toString();
      await kinesis.send(new SplitShardCommand({ StreamName: stream, ShardToSplit: SHARD, NewStartingHashKey }));
      await on.settle();
      expect(await subscription.texts(1)).toEqual(["last"]);
      const [, left, right] = await shardsOf(kinesis, stream);
      const child = (shard: typeof left) => ({
        ShardId: shard?.ShardId,
        ParentShards: [SHARD],
        HashKeyRange: shard?.HashKeyRange,
      });
      const end = { Records: [], MillisBehindLatest: 0, ChildShards: [child(left), child(right)] };
      expect(await subscription.rest()).toEqual([end]);
      // whoever comes to a shard that has ended is told the same
      await on.target.clock.advance(EXCLUSIVE_MS);
      expect(await (await subscribe(kinesis, consumer, "LATEST")).rest()).toEqual([end]);
    });

    it("names the child of two shards that are merged at the end of both", async () => {
      const { stream, consumer } = await consumed(2);
      const [one, other] = ["shardId-000000000000", "shardId-000000000001"];
      const subscriptions = [
        await subscribe(kinesis, consumer, "LATEST", one),
        await subscribe(kinesis, consumer, "LATEST", other),
      ];
      await kinesis.send(
        new MergeShardsCommand({ StreamName: stream, ShardToMerge: one, AdjacentShardToMerge: other }),
      );
      await on.settle();
      for (const subscription of subscriptions) {
        expect(await subscription.rest()).toMatchObject([
          { Records: [], ChildShards: [{ ShardId: "shardId-000000000002", ParentShards: [one, other] }] },
        ]);
      }
    });

    it("ends with an error when the consumer is deregistered, and when the stream is deleted", async () => {
      const { stream, consumer } = await consumed();
      const other = await register(kinesis, stream, "other");
      await on.settle();
      const [first, second] = [await subscribe(kinesis, consumer), await subscribe(kinesis, other)];
      await kinesis.send(new DeregisterStreamConsumerCommand({ ConsumerARN: consumer }));
      await expect(first.rest()).rejects.toMatchObject({
        name: "ResourceNotFoundException",
        message: `Consumer ${consumer} not found.`,
      });
      await kinesis.send(new DeleteStreamCommand({ StreamName: stream, EnforceConsumerDeletion: true }));
      await on.settle();
      await expect(second.rest()).rejects.toMatchObject({
        name: "ResourceNotFoundException",
        message: `Stream ${stream} ${account} not found.`,
      });
    });

    it("pushes two megabytes a second", async () => {
      const { stream, consumer } = await consumed();
      const Data = Buffer.alloc(1_000_000);
      for (let count = 0; count < 4; count++) {
        await kinesis.send(
          new PutRecordsCommand({ StreamName: stream, Records: [{ PartitionKey: `${count}`, Data }] }),
        );
        await on.target.clock.advance(1_000);
      }
      const subscription = await subscribe(kinesis, consumer);
      const nextKey = async () => (await subscription.next())?.Records?.[0]?.PartitionKey;
      expect([await nextKey(), await nextKey(), await nextKey()]).toEqual(["0", "1", "2"]);
      const fourth = nextKey();
      // so long as the clock stands still, no more is read than what flows in a second, and what makes it full
      expect(await measured(stream, "SubscribeToShardEvent.Records")).toBe(3);
      await on.target.clock.advance(500);
      expect(await fourth).toBe("3");
    });

    it("delivers a record of the largest size", async () => {
      const { stream, consumer } = await consumed();
      const Data = Buffer.alloc((1 << 20) - 3, "x");
      await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records: [{ PartitionKey: "key", Data }] }));
      const subscription = await subscribe(kinesis, consumer);
      expect((await subscription.next())?.Records?.[0]?.Data).toHaveLength(Data.length);
    });

    it("pushes to another account that the consumer's policy allows it", async () => {
      const { stream, consumer } = await consumed();
      await put(kinesis, stream, ["shared"]);
      const credentials = { accessKeyId: "111111111111", secretAccessKey: "test" };
      const other = new KinesisClient({ ...on.target.clientConfig(), credentials, maxAttempts: 1 });
      await expect(subscribe(other, consumer)).rejects.toMatchObject({ name: "AccessDeniedException" });
      const statement = {
        Effect: "Allow",
        Principal: { AWS: "111111111111" },
        Action: "kinesis:SubscribeToShard",
        Resource: consumer,
      };
      const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
      await kinesis.send(new PutResourcePolicyCommand({ ResourceARN: consumer, Policy }));
      expect(await (await subscribe(other, consumer)).texts(1)).toEqual(["shared"]);
      other.destroy();
    });

    it("publishes what is asked for, refused and pushed, by stream and consumer", async () => {
      const { stream, consumer } = await consumed();
      await put(kinesis, stream, ["12345", "67890"]);
      await on.target.clock.advance(1_000);
      const subscription = await subscribe(kinesis, consumer);
      await expect(subscribe(kinesis, consumer)).rejects.toMatchObject(inUse(stream));
      expect(await subscription.texts(2)).toEqual(["12345", "67890"]);
      expect(await measured(stream, "SubscribeToShard.Success")).toBe(1);
      expect(await measured(stream, "SubscribeToShard.RateExceeded")).toBe(1);
      expect(await measured(stream, "SubscribeToShardEvent.Success")).toBe(1);
      expect(await measured(stream, "SubscribeToShardEvent.Records")).toBe(2);
      expect(await measured(stream, "SubscribeToShardEvent.Bytes")).toBe(2 * "12345key".length);
      expect(await measured(stream, "SubscribeToShardEvent.MillisBehindLatest")).toBe(0);
    });
  });
});
