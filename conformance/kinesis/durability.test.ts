import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeAccountSettingsCommand,
  DescribeStreamSummaryCommand,
  EnableEnhancedMonitoringCommand,
  GetResourcePolicyCommand,
  IncreaseStreamRetentionPeriodCommand,
  KinesisClient,
  ListTagsForStreamCommand,
  PutResourcePolicyCommand,
  SplitShardCommand,
  UpdateAccountSettingsCommand,
} from "@aws-sdk/client-kinesis";
import { sessionsOn, useDataDirectory } from "../data-directory.ts";
import { arnOf, isOpen, iterator, put, read, shardsOf, texts } from "./support.ts";

/**
 * These tests restart the emulator on its data directory: they say nothing of other targets. What a kill leaves is tested in
 * conformance/durability.
 */
const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 5, 1);

const session = sessionsOn(useDataDirectory(), (config) => new KinesisClient({ ...config, maxAttempts: 1 }));

const create = (kinesis: KinesisClient, StreamName = "s", ShardCount = 1) =>
  kinesis.send(new CreateStreamCommand({ StreamName, ShardCount, Tags: { a: "1" } }));
const status = async (kinesis: KinesisClient, StreamName = "s") =>
  (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary?.StreamStatus;

describe("a restart", () => {
  it("keeps streams, settings, records and iterators", async () => {
    const before = await session(NOW, async (kinesis, clock) => {
      await create(kinesis);
      await clock.advance(100);
      await kinesis.send(new IncreaseStreamRetentionPeriodCommand({ StreamName: "s", RetentionPeriodHours: 48 }));
      const numbers = await put(kinesis, "s", ["1", "2", "3"]);
      return { numbers, shards: await shardsOf(kinesis, "s"), waiting: await iterator(kinesis, "s", "LATEST") };
    });
    await session(NOW + 1000, async (kinesis) => {
      const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: "s" }));
      expect(StreamDescriptionSummary).toMatchObject({ StreamStatus: "ACTIVE", RetentionPeriodHours: 48 });
      expect((await kinesis.send(new ListTagsForStreamCommand({ StreamName: "s" }))).Tags).toEqual([
        { Key: "a", Value: "1" },
      ]);
      expect(await shardsOf(kinesis, "s")).toEqual(before.shards);
      const { Records } = await read(kinesis, await iterator(kinesis, "s"));
      expect(Records?.map(({ SequenceNumber }) => SequenceNumber)).toEqual(before.numbers);
      await put(kinesis, "s", ["4"]);
      expect(texts(await read(kinesis, before.waiting))).toEqual(["4"]);
    });
  });

  it("keeps policies, shard-level metrics, the account's commitment and warm throughput", async () => {
    const arn = arnOf("s");
    const Policy = JSON.stringify({
      Statement: [{ Effect: "Allow", Principal: "*", Action: "kinesis:PutRecord", Resource: arn }],
    });
    await session(NOW, async (kinesis, clock) => {
      await create(kinesis);
      const commitment = { MinimumThroughputBillingCommitment: { Status: "ENABLED" as const } };
      await kinesis.send(new UpdateAccountSettingsCommand(commitment));
      await kinesis.send(new CreateStreamCommand({ StreamName: "warm", WarmThroughputMiBps: 6 }));
      await clock.advance(100);
      await kinesis.send(new PutResourcePolicyCommand({ ResourceARN: arn, Policy }));
      await kinesis.send(
        new EnableEnhancedMonitoringCommand({ StreamName: "s", ShardLevelMetrics: ["OutgoingBytes"] }),
      );
    });
    await session(NOW + 3 * HOUR_MS, async (kinesis, clock) => {
      const summary = async (StreamName: string) =>
        (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary;
      expect((await kinesis.send(new GetResourcePolicyCommand({ ResourceARN: arn }))).Policy).toBe(Policy);
      expect((await summary("s"))?.EnhancedMonitoring).toEqual([{ ShardLevelMetrics: ["OutgoingBytes"] }]);
      const { MinimumThroughputBillingCommitment } = await kinesis.send(new DescribeAccountSettingsCommand({}));
      expect(MinimumThroughputBillingCommitment).toMatchObject({ Status: "ENABLED", StartedAt: new Date(NOW) });
      await clock.advance(3 * HOUR_MS);
      expect(await summary("warm")).toMatchObject({ OpenShardCount: 6, WarmThroughput: { TargetMiBps: 6 } });
    });
  });

  it("goes on with rising sequence numbers, also when the clock has stepped backwards", async () => {
    const before = await session(NOW, async (kinesis, clock) => {
      await create(kinesis);
      await clock.advance(100);
      return put(kinesis, "s", ["1", "2"]);
    });
    await session(NOW - HOUR_MS, async (kinesis) => {
      const after = await put(kinesis, "s", ["3"]);
      expect(BigInt(after[0] ?? 0)).toBeGreaterThan(BigInt(before[1] ?? 0));
      expect(texts(await read(kinesis, await iterator(kinesis, "s")))).toEqual(["1", "2", "3"]);
    });
  });

  it("goes on numbering where a trimmed shard ended", async () => {
    const before = await session(NOW, async (kinesis, clock) => {
      await create(kinesis);
      await clock.advance(100);
      const numbers = await put(kinesis, "s", ["1", "2"]);
      await clock.advance(26 * HOUR_MS);
      return numbers;
    });
    await session(NOW + 26 * HOUR_MS, async (kinesis) => {
      const after = await put(kinesis, "s", ["3"]);
      expect(BigInt(after[0] ?? 0)).toBeGreaterThan(BigInt(before[1] ?? 0));
      expect(texts(await read(kinesis, await iterator(kinesis, "s")))).toEqual(["3"]);
    });
  });

  it("finishes what was CREATING, UPDATING and DELETING", async () => {
    await session(NOW, async (kinesis, clock) => {
      await create(kinesis, "updating");
      await create(kinesis, "deleting");
      await clock.advance(100);
      await put(kinesis, "deleting", ["gone"]);
      await create(kinesis, "creating");
      await kinesis.send(
        new SplitShardCommand({ StreamName: "updating", ShardToSplit: "0", NewStartingHashKey: "1000" }),
      );
      await kinesis.send(new DeleteStreamCommand({ StreamName: "deleting" }));
    });
    await session(NOW, async (kinesis, clock) => {
      expect(await status(kinesis, "creating")).toBe("CREATING");
      expect(await status(kinesis, "updating")).toBe("UPDATING");
      expect(await status(kinesis, "deleting")).toBe("DELETING");
      await clock.advance(100);
      expect(await status(kinesis, "creating")).toBe("ACTIVE");
      expect((await shardsOf(kinesis, "updating")).filter(isOpen)).toHaveLength(2);
      await expect(status(kinesis, "deleting")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    });
  });
});
