import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordCommand,
  PutRecordsCommand,
  UpdateMaxRecordSizeCommand,
  type PutRecordsRequestEntry,
} from "@aws-sdk/client-kinesis";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { useClient, useTarget } from "../target.ts";
import { arnOf, iterator, put, read, shardsOf, texts, useKinesis } from "./support.ts";

const on = useKinesis("on");
const { kinesis } = on;
const cloudwatch = useClient(new CloudWatchClient(on.target.clientConfig()));

const MIB = 1 << 20;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const account = "000000000000";
const shard = "shardId-000000000000";
const data = (sizeBytes: number) => Buffer.alloc(sizeBytes, "x");
const writesExceeded = (stream: string, id = shard) =>
  `Rate exceeded for shard ${id} in stream ${stream} under account ${account}.`;
const readsExceeded = (stream: string) => ({
  name: "ProvisionedThroughputExceededException",
  message: `Rate exceeded for Shard - ${account}/${stream}/${shard}`,
});

const putOne = (StreamName: string, sizeBytes = 1, PartitionKey = "k") =>
  kinesis.send(new PutRecordCommand({ StreamName, PartitionKey, Data: data(sizeBytes) }));
const putAll = (StreamName: string, Records: PutRecordsRequestEntry[]) =>
  kinesis.send(new PutRecordsCommand({ StreamName, Records }));
const entries = (count: number, sizeBytes = 1, PartitionKey = "k"): PutRecordsRequestEntry[] =>
  Array.from({ length: count }, () => ({ PartitionKey, Data: data(sizeBytes) }));

/** The sum of a stream's metric over the last minutes. */
async function sumOf(StreamName: string, MetricName: string): Promise<number> {
  const { Datapoints = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      ...{ Namespace: "AWS/Kinesis", MetricName, Dimensions: [{ Name: "StreamName", Value: StreamName }] },
      ...{ StartTime: new Date(on.target.clock.now() - 5 * MINUTE_MS), Period: 60, Statistics: ["Sum"] },
      EndTime: new Date(on.target.clock.now() + MINUTE_MS),
    }),
  );
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
}

describe("PutRecords, limits", () => {
  it("takes 1,000 records a second of a shard; those beyond fail alone, in their places", async () => {
    const name = await on.stream();
    for (let call = 0; call < 2; call++) expect((await putAll(name, entries(495))).FailedRecordCount).toBe(0);
    const { FailedRecordCount, Records = [] } = await putAll(name, entries(12));
    expect(FailedRecordCount).toBe(2);
    expect(Records.slice(0, 10).every(({ SequenceNumber, ErrorCode }) => SequenceNumber && !ErrorCode)).toBe(true);
    for (const record of Records.slice(10)) {
      expect(record).toEqual({
        ErrorCode: "ProvisionedThroughputExceededException",
        ErrorMessage: writesExceeded(name),
      });
    }
    await on.target.clock.advance(SECOND_MS);
    expect((await putAll(name, entries(500))).FailedRecordCount).toBe(0);
  });

  it("takes 1 MiB a second of a shard, keys included; a record behind one that does not fit is tried all the same", async () => {
    const name = await on.stream();
    const sizes = [MIB / 2, MIB / 2 - 1, 10, MIB / 4];
    const { Records = [], FailedRecordCount } = await putAll(
      name,
      sizes.map((size, index) => ({ PartitionKey: `${index}`, Data: data(size - 1) })),
    );
    expect(FailedRecordCount).toBe(2);
    expect(Records.map(({ ErrorCode }) => ErrorCode !== undefined)).toEqual([false, false, true, true]);
    expect((await putAll(name, entries(1, 10))).FailedRecordCount).toBe(1);
    await on.target.clock.advance(10);
    expect((await putAll(name, entries(1, 10_000))).FailedRecordCount).toBe(0);
  });

  it("measures each shard by itself, and names the one that is at its end", async () => {
    const name = await on.stream(2);
    const [low, high] = await shardsOf(kinesis, name);
    const to = (ExplicitHashKey: string | undefined, count: number): PutRecordsRequestEntry[] =>
      entries(count).map((entry) => ({ ...entry, ExplicitHashKey }));
    const lowKey = low?.HashKeyRange?.StartingHashKey;
    const highKey = high?.HashKeyRange?.StartingHashKey;
    for (let call = 0; call < 2; call++) await putAll(name, to(highKey, 500));
    const { Records = [], FailedRecordCount } = await putAll(name, [
      ...to(lowKey, 2),
      ...to(highKey, 1),
      ...to(lowKey, 1),
    ]);
    expect(FailedRecordCount).toBe(1);
    expect(Records.map(({ ShardId }) => ShardId)).toEqual([low?.ShardId, low?.ShardId, undefined, low?.ShardId]);
    expect(Records[2]?.ErrorMessage).toBe(writesExceeded(name, high?.ShardId));
  });

  it("stores what it answers for, once, in the order of the call", async () => {
    const name = await on.stream();
    const Records = Array.from({ length: 1001 }, (_, index) => ({ PartitionKey: "k", Data: Buffer.from(`${index}`) }));
    await putAll(name, Records.slice(0, 499));
    await putAll(name, Records.slice(499, 998));
    await putAll(name, Records.slice(998));
    const stored = texts(await read(kinesis, await iterator(kinesis, name)));
    expect(stored).toEqual(Array.from({ length: 1000 }, (_, index) => `${index}`));
  });

  it("fails the whole call for one malformed record, and counts nothing of it", async () => {
    const name = await on.stream();
    for (let call = 0; call < 5; call++) {
      const malformed = [...entries(499), { PartitionKey: "", Data: data(1) }];
      await expect(putAll(name, malformed)).rejects.toMatchObject({
        name: "ValidationException",
        $metadata: { httpStatusCode: 400 },
      });
    }
    for (let call = 0; call < 2; call++) expect((await putAll(name, entries(500))).FailedRecordCount).toBe(0);
  });

  it("lets a large record run up a debt, which later ones wait for", async () => {
    const name = await on.stream();
    await kinesis.send(new UpdateMaxRecordSizeCommand({ StreamARN: arnOf(name), MaxRecordSizeInKiB: 10_240 }));
    await putOne(name, 4 * MIB - 1);
    await on.target.clock.advance(3 * SECOND_MS);
    await expect(putOne(name)).rejects.toMatchObject({ message: writesExceeded(name) });
    await on.target.clock.advance(SECOND_MS);
    await putOne(name, MIB - 1);
  });

  it("tells CloudWatch of the records that were refused", async () => {
    const name = await on.stream();
    for (let call = 0; call < 3; call++) await putAll(name, entries(400));
    await expect(putOne(name)).rejects.toMatchObject({ name: "ProvisionedThroughputExceededException" });
    expect({
      exceeded: await sumOf(name, "WriteProvisionedThroughputExceeded"),
      throttled: await sumOf(name, "PutRecords.ThrottledRecords"),
      failed: await sumOf(name, "PutRecords.FailedRecords"),
      incoming: await sumOf(name, "IncomingRecords"),
      bytes: await sumOf(name, "IncomingBytes"),
      successes: await sumOf(name, "PutRecord.Success"),
    }).toEqual({ exceeded: 201, throttled: 200, failed: 0, incoming: 1000, bytes: 2000, successes: 0 });
  });
});

describe("PutRecord, limits", () => {
  it("is refused in AWS's words, and goes on as time does: a record a millisecond", async () => {
    const name = await on.stream();
    for (let call = 0; call < 2; call++) await putAll(name, entries(500));
    await expect(putOne(name)).rejects.toMatchObject({
      name: "ProvisionedThroughputExceededException",
      message: writesExceeded(name),
      $metadata: { httpStatusCode: 400 },
    });
    await on.target.clock.advance(1);
    await putOne(name);
    await expect(putOne(name)).rejects.toMatchObject({ name: "ProvisionedThroughputExceededException" });
  });

  it("takes nothing from the shard on a dry run", async () => {
    const name = await on.stream();
    for (let call = 0; call < 2; call++) {
      const dry = { StreamName: name, Records: entries(500), DryRun: true };
      await expect(kinesis.send(new PutRecordsCommand(dry))).rejects.toMatchObject({
        name: "DryRunOperationException",
      });
    }
    for (let call = 0; call < 2; call++) expect((await putAll(name, entries(500))).FailedRecordCount).toBe(0);
  });
});

describe("GetRecords, limits", () => {
  it("reads a shard five times a second", async () => {
    const name = await on.stream();
    await put(kinesis, name, ["1"]);
    const start = await iterator(kinesis, name);
    for (let call = 0; call < 5; call++) expect(texts(await read(kinesis, start))).toEqual(["1"]);
    await expect(read(kinesis, start)).rejects.toMatchObject(readsExceeded(name));
    await on.target.clock.advance(SECOND_MS);
    expect(texts(await read(kinesis, start))).toEqual(["1"]);
    expect(await sumOf(name, "ReadProvisionedThroughputExceeded")).toBe(1);
  });

  it("reads 2 MiB a second: after 10 MiB nothing for five seconds", async () => {
    const name = await on.stream();
    for (let second = 0; second < 10; second++) {
      await putOne(name, MIB - 1);
      await on.target.clock.advance(SECOND_MS);
    }
    const first = await read(kinesis, await iterator(kinesis, name));
    expect(first.Records).toHaveLength(10);
    await on.target.clock.advance(5 * SECOND_MS - 1);
    await expect(read(kinesis, first.NextShardIterator as string)).rejects.toMatchObject(readsExceeded(name));
    await on.target.clock.advance(1);
    expect((await read(kinesis, first.NextShardIterator as string)).Records).toEqual([]);
  });

  it("goes on from the same iterator after a refusal: nothing is skipped", async () => {
    const name = await on.stream();
    await put(kinesis, name, ["1", "2", "3"]);
    let next = await iterator(kinesis, name);
    const seen: string[] = [];
    for (let call = 0; call < 5; call++) {
      const answer = await read(kinesis, next, 1);
      seen.push(...texts(answer));
      next = answer.NextShardIterator as string;
    }
    await put(kinesis, name, ["4"]);
    await expect(read(kinesis, next)).rejects.toMatchObject(readsExceeded(name));
    await on.target.clock.advance(SECOND_MS);
    seen.push(...texts(await read(kinesis, next)));
    expect(seen).toEqual(["1", "2", "3", "4"]);
  });
});

describe("GetShardIterator, limits", () => {
  it("gives five a second and shard", async () => {
    const name = await on.stream();
    const get = () =>
      kinesis.send(new GetShardIteratorCommand({ StreamName: name, ShardId: shard, ShardIteratorType: "LATEST" }));
    for (let call = 0; call < 5; call++) await get();
    await expect(get()).rejects.toMatchObject(readsExceeded(name));
    await on.target.clock.advance(SECOND_MS);
    await get();
  });
});

describe("--kinesis-limits off", () => {
  const off = useTarget({ kinesisLimits: "off", manualClock: true });
  const client = useClient(new KinesisClient({ ...off.clientConfig(), maxAttempts: 1 }));

  it("takes and gives whatever comes", async () => {
    const StreamName = "unlimited";
    await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    await off.clock.advance(100);
    for (let call = 0; call < 4; call++) {
      const answer = await client.send(new PutRecordsCommand({ StreamName, Records: entries(500, 2_000) }));
      expect(answer.FailedRecordCount).toBe(0);
    }
    for (let call = 0; call < 7; call++) {
      const { ShardIterator } = await client.send(
        new GetShardIteratorCommand({ StreamName, ShardId: shard, ShardIteratorType: "TRIM_HORIZON" }),
      );
      expect((await client.send(new GetRecordsCommand({ ShardIterator }))).Records).toHaveLength(2000);
    }
  });
});
