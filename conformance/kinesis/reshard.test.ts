import {
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  IncreaseStreamRetentionPeriodCommand,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  SplitShardCommand,
  UpdateShardCountCommand,
  type Shard,
} from "@aws-sdk/client-kinesis";
import { arnOf, bytes, isOpen, iterator, useKinesis, put, raw, read, shardsOf, texts } from "./support.ts";

const on = useKinesis();
const { kinesis } = on;

const HOUR_MS = 3_600_000;
const account = "under account 000000000000";
const id = (number: number) => `shardId-${String(number).padStart(12, "0")}`;
const MIDDLE = (1n << 127n).toString();

const split = (StreamName: string, shard = "0", NewStartingHashKey = MIDDLE) =>
  kinesis.send(new SplitShardCommand({ StreamName, ShardToSplit: shard, NewStartingHashKey }));
const merge = (StreamName: string, ShardToMerge: string, AdjacentShardToMerge: string) =>
  kinesis.send(new MergeShardsCommand({ StreamName, ShardToMerge, AdjacentShardToMerge }));
const scale = (StreamName: string, TargetShardCount: number) =>
  kinesis.send(new UpdateShardCountCommand({ StreamName, TargetShardCount, ScalingType: "UNIFORM_SCALING" }));
const status = async (StreamName: string) =>
  (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary?.StreamStatus;
const openIds = (shards: readonly Shard[]) => shards.filter(isOpen).map(({ ShardId }) => ShardId);
const start = (shard: Shard | undefined) => BigInt(shard?.SequenceNumberRange?.StartingSequenceNumber ?? 0);
const end = (shard: Shard | undefined) => BigInt(shard?.SequenceNumberRange?.EndingSequenceNumber ?? 0);

describe("SplitShard", () => {
  describe("validation", () => {
    it("refuses a split point outside of the shard", async () => {
      const name = await on.stream(3);
      const ends = ["0", "113427455640312821154458202477256070484"] as const;
      for (const at of ["1", ends[1], "999999999999999999999999999999999999999"]) {
        await expect(split(name, "shard-0", at)).rejects.toMatchObject({
          name: "InvalidArgumentException",
          message:
            `NewStartingHashKey ${at} used in SplitShard() on shard shardId-000000000000 in stream ${name} ${account} is ` +
            `not both greater than one plus the shard's StartingHashKey ${ends[0]} and less than the shard's ` +
            `EndingHashKey ${ends[1]}.`,
        });
      }
      await split(name, "shard-0", "2");
    });

    it("does not find shards that are not there", async () => {
      const name = await on.stream();
      for (const shard of ["shardId-000000000005", "2147483648", "ABC"]) {
        await expect(split(name, shard)).rejects.toMatchObject({
          name: "ResourceNotFoundException",
          message: `Could not find shard ${shard} in stream ${name} ${account}.`,
        });
      }
    });

    it("is for provisioned streams", async () => {
      const name = await on.stream("on-demand");
      const refusal = {
        name: "ValidationException",
        message: `Request is invalid. Stream ${name} ${account} is in On-Demand mode.`,
      };
      await expect(split(name)).rejects.toMatchObject(refusal);
      await expect(merge(name, "0", "1")).rejects.toMatchObject(refusal);
      await expect(scale(name, 8)).rejects.toMatchObject(refusal);
    });

    it("refuses another change while the stream is UPDATING, and a shard that is closed", async () => {
      const name = await on.stream();
      await split(name);
      expect(await status(name)).toBe("UPDATING");
      const inUse = {
        name: "ResourceInUseException",
        message: `Stream ${name} ${account} not ACTIVE, instead in state UPDATING`,
      };
      await expect(split(name, "0", "2")).rejects.toMatchObject(inUse);
      await expect(scale(name, 2)).rejects.toMatchObject(inUse);
      await on.settle();
      await expect(split(name, "0", "2")).rejects.toMatchObject({
        name: "InvalidArgumentException",
        message: `Shard shardId-000000000000 in stream ${name} ${account} has already been merged or split, and thus is not eligible for merging or splitting.`,
      });
    });
  });

  describe("behaviour", () => {
    it("closes the parent and opens two children whose sequence numbers are later", async () => {
      const name = await on.stream();
      await split(name);
      await put(kinesis, name, ["while UPDATING"]);
      await on.settle();
      expect(await status(name)).toBe("ACTIVE");
      const [parent, low, high] = await shardsOf(kinesis, name);
      expect(parent?.SequenceNumberRange?.EndingSequenceNumber).toMatch(/^\d{56}$/);
      expect(low).toMatchObject({
        ShardId: id(1),
        ParentShardId: id(0),
        HashKeyRange: { StartingHashKey: "0", EndingHashKey: (BigInt(MIDDLE) - 1n).toString() },
      });
      expect(high).toMatchObject({
        ShardId: id(2),
        ParentShardId: id(0),
        HashKeyRange: { StartingHashKey: MIDDLE, EndingHashKey: ((1n << 128n) - 1n).toString() },
      });
      expect(start(low)).toBeGreaterThan(end(parent));
      expect(start(high)).toBeGreaterThan(end(parent));
    });

    it("ends the parent's iterators and names the children there", async () => {
      const name = await on.stream();
      await put(kinesis, name, ["1", "2", "3"]);
      const waiting = await iterator(kinesis, name, "LATEST");
      await split(name);
      await on.settle();
      const first = await read(kinesis, await iterator(kinesis, name), 2);
      expect(texts(first)).toEqual(["1", "2"]);
      expect(first.ChildShards).toBeUndefined();
      const last = await read(kinesis, first.NextShardIterator as string, 2);
      expect(texts(last)).toEqual(["3"]);
      expect(last.NextShardIterator).toBeUndefined();
      const children = [
        {
          ShardId: id(1),
          ParentShards: [id(0)],
          HashKeyRange: { StartingHashKey: "0", EndingHashKey: (BigInt(MIDDLE) - 1n).toString() },
        },
        {
          ShardId: id(2),
          ParentShards: [id(0)],
          HashKeyRange: { StartingHashKey: MIDDLE, EndingHashKey: ((1n << 128n) - 1n).toString() },
        },
      ];
      expect(last.ChildShards).toEqual(children);
      const tip = await read(kinesis, waiting);
      expect(tip).toMatchObject({ Records: [], ChildShards: children, MillisBehindLatest: 0 });
      expect(tip.NextShardIterator).toBeUndefined();
    });

    it("sends new records to the children, after those of the parent", async () => {
      const name = await on.stream();
      const [before] = await put(kinesis, name, ["parent"]);
      await split(name);
      await on.settle();
      const answer = await kinesis.send(
        new PutRecordCommand({ StreamName: name, PartitionKey: "k", ExplicitHashKey: MIDDLE, Data: bytes("child") }),
      );
      expect(answer.ShardId).toBe(id(2));
      expect(BigInt(answer.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(before ?? 0));
      expect(texts(await read(kinesis, await iterator(kinesis, name, "TRIM_HORIZON", id(2))))).toEqual(["child"]);
    });
  });
});

describe("MergeShards", () => {
  describe("validation", () => {
    it("refuses shards that do not follow each other, in that order", async () => {
      const name = await on.stream(3);
      for (const [shard, adjacent] of [
        [0, 2],
        [1, 0],
        [0, 0],
      ] as const) {
        await expect(merge(name, id(shard), id(adjacent))).rejects.toMatchObject({
          name: "InvalidArgumentException",
          message: `Shards ${id(shard)} and ${id(adjacent)} in stream ${name} ${account} are not an adjacent pair of shards eligible for merging`,
        });
      }
    });

    it("does not find shards that are not there", async () => {
      const name = await on.stream(2);
      await expect(merge(name, id(0), id(7))).rejects.toMatchObject({
        name: "ResourceNotFoundException",
        message: `Could not find shard ${id(7)} in stream ${name} ${account}.`,
      });
    });
  });

  describe("behaviour", () => {
    it("closes both and opens one child with both as its parents", async () => {
      const name = await on.stream(3);
      await merge(name, id(0), id(1));
      await on.settle();
      const shards = await shardsOf(kinesis, name);
      expect(openIds(shards)).toEqual([id(2), id(3)]);
      expect(shards[3]).toMatchObject({
        ParentShardId: id(0),
        AdjacentParentShardId: id(1),
        HashKeyRange: { StartingHashKey: "0", EndingHashKey: "226854911280625642308916404954512140969" },
      });
      const { ChildShards } = await read(kinesis, await iterator(kinesis, name, "TRIM_HORIZON", id(1)));
      expect(ChildShards).toMatchObject([{ ShardId: id(3), ParentShards: [id(0), id(1)] }]);
    });
  });
});

describe("UpdateShardCount", () => {
  describe("validation", () => {
    it("goes at most to double and to half, and 10 times in 24 hours", async () => {
      const name = await on.stream(2);
      await expect(scale(name, 5)).rejects.toMatchObject({
        name: "LimitExceededException",
        message:
          "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 2, " +
          "Target shard count: 5",
      });
      const six = await on.stream(6);
      await expect(scale(six, 2)).rejects.toMatchObject({
        message:
          "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: 6, " +
          "Target shard count: 2",
      });
      await expect(scale(name, 10_001)).rejects.toMatchObject({
        message:
          "Target shard count or number of open shards cannot be greater than 10000. Current open shard count: 2, " +
          "Target shard count: 10001",
      });
      for (let count = 0; count < 10; count++) {
        await scale(name, count % 2 ? 2 : 3);
        await on.settle();
      }
      await expect(scale(name, 3)).rejects.toMatchObject({ name: "LimitExceededException" });
      await on.target.clock.advance(24 * HOUR_MS);
      await scale(name, 3);
    });

    it("knows uniform scaling alone", async () => {
      const input = { StreamName: await on.stream(), TargetShardCount: 2, ScalingType: "OTHER" };
      expect(await raw(on.target, "UpdateShardCount", input)).toMatchObject({ type: "ValidationException" });
    });
  });

  describe("behaviour", () => {
    it("ends with shards of equal size, and answers from what to what", async () => {
      const name = await on.stream(2);
      expect(await scale(name, 3)).toMatchObject({
        StreamName: name,
        StreamARN: arnOf(name),
        CurrentShardCount: 2,
        TargetShardCount: 3,
      });
      expect(await status(name)).toBe("UPDATING");
      await on.settle();
      const open = (await shardsOf(kinesis, name)).filter(isOpen);
      expect(new Set(open.map(({ HashKeyRange }) => HashKeyRange?.StartingHashKey))).toEqual(
        new Set(["0", "113427455640312821154458202477256070485", "226854911280625642308916404954512140970"]),
      );
    });

    it("loses no record and keeps the order of a partition key from parent to child", async () => {
      const name = await on.stream(2);
      const counts = [3, 2, 4, 5];
      for (const [index, count] of counts.entries()) {
        await put(kinesis, name, [`a${index}`], "a");
        await put(kinesis, name, [`b${index}`], "b");
        await scale(name, count);
        await on.settle();
      }
      const shards = await shardsOf(kinesis, name);
      const seen: string[] = [];
      // shard ids rise from parent to child, so that reading in their order is reading parents first
      for (const { ShardId } of shards) {
        seen.push(...texts(await read(kinesis, await iterator(kinesis, name, "TRIM_HORIZON", ShardId))));
      }
      for (const key of ["a", "b"]) {
        expect(seen.filter((text) => text.startsWith(key))).toEqual([0, 1, 2, 3].map((index) => `${key}${index}`));
      }
    });
  });
});

describe("ListShards", () => {
  const list = async (input: object) =>
    ((await kinesis.send(new ListShardsCommand(input))).Shards ?? []).map(({ ShardId }) => ShardId);

  /** Shards 0 and 1; an hour later 0 is split in 2 and 3; an hour later these are merged in 4. */
  async function history() {
    const name = await on.stream(2);
    const times = [on.target.clock.now()];
    await on.target.clock.advance(HOUR_MS);
    await split(name, "0", "1000");
    await on.settle();
    times.push(on.target.clock.now());
    await on.target.clock.advance(HOUR_MS);
    await merge(name, "2", "3");
    await on.settle();
    times.push(on.target.clock.now());
    await on.target.clock.advance(HOUR_MS);
    return { name, times: times.map((time) => new Date(time)) };
  }

  describe("validation", () => {
    it("wants a stream, or a token alone", async () => {
      expect(await raw(on.target, "ListShards", {})).toMatchObject({ type: "InvalidArgumentException" });
      expect(await raw(on.target, "ListShards", { StreamName: "s", NextToken: "AAAA" })).toMatchObject({
        type: "InvalidArgumentException",
        message: "NextToken and StreamName cannot be provided together.",
      });
      expect(await raw(on.target, "ListShards", { StreamARN: arnOf("s"), NextToken: "AAAA" })).toMatchObject({
        message: "NextToken and StreamARN cannot be provided together.",
      });
      expect(await raw(on.target, "ListShards", { NextToken: "AAAA" })).toMatchObject({
        type: "InvalidArgumentException",
      });
    });

    it("wants what a filter needs and nothing else", async () => {
      const StreamName = await on.stream();
      for (const ShardFilter of [
        { Type: "AFTER_SHARD_ID" },
        { Type: "AT_TIMESTAMP" },
        { Type: "FROM_TIMESTAMP" },
        { Type: "AT_LATEST", ShardId: "shardId-0" },
        { Type: "AT_LATEST", Timestamp: 1 },
      ]) {
        expect(await raw(on.target, "ListShards", { StreamName, ShardFilter })).toMatchObject({
          type: "InvalidArgumentException",
        });
      }
      expect(await raw(on.target, "ListShards", { StreamName, ShardFilter: {} })).toMatchObject({
        type: "ValidationException",
        message: expect.stringContaining("'shardFilter.type' failed to satisfy constraint: Member must not be null"),
      });
    });
  });

  describe("behaviour", () => {
    it("filters by what was open when", async () => {
      const { name, times } = await history();
      const filtered = (ShardFilter: object) => list({ StreamName: name, ShardFilter });
      const ids = (...numbers: number[]) => numbers.map(id);
      expect(await list({ StreamName: name })).toEqual(ids(0, 1, 2, 3, 4));
      expect(await filtered({ Type: "FROM_TRIM_HORIZON" })).toEqual(ids(0, 1, 2, 3, 4));
      expect(await filtered({ Type: "AT_LATEST" })).toEqual(ids(1, 4));
      expect(await filtered({ Type: "AT_TRIM_HORIZON" })).toEqual(ids(0, 1));
      expect(await filtered({ Type: "AFTER_SHARD_ID", ShardId: id(2) })).toEqual(ids(3, 4));
      expect(await filtered({ Type: "AT_TIMESTAMP", Timestamp: times[1] })).toEqual(ids(1, 2, 3));
      expect(await filtered({ Type: "AT_TIMESTAMP", Timestamp: new Date(0) })).toEqual(ids(0, 1));
      expect(await filtered({ Type: "FROM_TIMESTAMP", Timestamp: times[1] })).toEqual(ids(1, 2, 3, 4));
      expect(await filtered({ Type: "FROM_TIMESTAMP", Timestamp: times[2] })).toEqual(ids(1, 4));
    });

    it("leaves out closed shards whose last record has expired", async () => {
      const { name } = await history();
      await on.target.clock.advance(22 * HOUR_MS);
      expect(await list({ StreamName: name })).toEqual([1, 2, 3, 4].map(id));
      await on.target.clock.advance(HOUR_MS);
      expect(await list({ StreamName: name })).toEqual([1, 4].map(id));
      await split(name, id(1), (BigInt(MIDDLE) + 1000n).toString());
      await on.settle();
      expect(await list({ StreamName: name })).toEqual([1, 4, 5, 6].map(id));
    });

    it("knows no shard any more whose last record has expired, nor does anything else", async () => {
      const name = await on.stream();
      const period = (RetentionPeriodHours: number) => ({ StreamName: name, RetentionPeriodHours });
      const first = { StreamName: name, ShardId: id(0), ShardIteratorType: "TRIM_HORIZON" as const };
      await split(name);
      await on.settle();
      await on.target.clock.advance(24 * HOUR_MS - 1_000);
      const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand(first));
      await on.target.clock.advance(1_000);
      const unknown = { name: "ResourceNotFoundException", message: expect.stringContaining("does not exist") };
      for (let hours = 24; hours <= 72; hours += 24) {
        await kinesis.send(new IncreaseStreamRetentionPeriodCommand(period(hours)));
        expect(await list({ StreamName: name })).toEqual([1, 2].map(id));
        await expect(kinesis.send(new GetShardIteratorCommand(first))).rejects.toMatchObject(unknown);
        await expect(kinesis.send(new GetRecordsCommand({ ShardIterator }))).rejects.toMatchObject(unknown);
      }
    });

    it("pages with a token that carries the filter and expires after five minutes", async () => {
      const { name } = await history();
      const ShardFilter = { Type: "AFTER_SHARD_ID" as const, ShardId: id(0) };
      const first = await kinesis.send(new ListShardsCommand({ StreamName: name, ShardFilter, MaxResults: 3 }));
      expect(first.Shards?.map(({ ShardId }) => ShardId)).toEqual([1, 2, 3].map(id));
      const NextToken = first.NextToken as string;
      await on.target.clock.advance(300_000);
      const second = await kinesis.send(new ListShardsCommand({ NextToken, MaxResults: 3 }));
      expect(second.Shards?.map(({ ShardId }) => ShardId)).toEqual([id(4)]);
      expect(second.NextToken).toBeUndefined();
      await on.target.clock.advance(1);
      await expect(kinesis.send(new ListShardsCommand({ NextToken }))).rejects.toMatchObject({
        name: "ExpiredNextTokenException",
      });
    });

    it("starts after a shard and answers 1,000 at most", async () => {
      const name = await on.stream(1001);
      expect(await list({ StreamName: name, ExclusiveStartShardId: id(998) })).toEqual([999, 1000].map(id));
      expect(await list({ StreamName: name, MaxResults: 10_000 })).toHaveLength(1000);
    });
  });
});
