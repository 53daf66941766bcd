import {
  CreateStreamCommand,
  DescribeAccountSettingsCommand,
  DescribeStreamSummaryCommand,
  UpdateAccountSettingsCommand,
  UpdateStreamModeCommand,
  UpdateStreamWarmThroughputCommand,
  type Shard,
} from "@aws-sdk/client-kinesis";
import { callRaw } from "../raw-request.ts";
import { arnOf, isOpen, raw, shardsOf, uniqueName, useKinesis } from "./support.ts";

const on = useKinesis("on");
const { kinesis } = on;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SPACE = 1n << 128n;

const open = async (name: string): Promise<Shard[]> => (await shardsOf(kinesis, name)).filter(isOpen);
const count = async (name: string): Promise<number> => (await open(name)).length;
const summary = async (StreamName: string) =>
  (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary;

/** 500 records in a body, whose hash keys lie evenly in a part of the space. */
const batch = (StreamName: string, part: { readonly start: bigint; readonly size: bigint }): string => {
  const Records = Array.from({ length: 500 }, (_, index) => ({
    ...{ PartitionKey: "k", Data: "eA==" },
    ExplicitHashKey: (part.start + (part.size / 500n) * BigInt(index)).toString(),
  }));
  return JSON.stringify({ StreamName, Records });
};

const QUARTERS = [0n, 1n, 2n, 3n].map((quarter) => ({ start: (SPACE / 4n) * quarter, size: SPACE / 4n }));
const FIRST = QUARTERS[0] as (typeof QUARTERS)[number];

/** Sends bodies in each of so many seconds. @returns how many records were refused */
async function secondsOf(seconds: number, bodies: readonly string[]): Promise<number> {
  let refused = 0;
  for (let second = 0; second < seconds; second++) {
    for (const body of bodies) refused += await putRaw(body);
    await on.target.clock.advance(SECOND_MS);
  }
  return refused;
}

/** The same, and the rest of the minute passes. */
async function minuteOf(seconds: number, bodies: readonly string[]): Promise<number> {
  const refused = await secondsOf(seconds, bodies);
  await on.target.clock.advance(MINUTE_MS - seconds * SECOND_MS);
  return refused;
}

/** The body as it is: writing it anew for each call would be most of the work. */
async function putRaw(body: string): Promise<number> {
  const headers = { "content-type": "application/x-amz-json-1.1" };
  const answer = await callRaw(on.target, "kinesis", "Kinesis_20131202.PutRecords", body, headers);
  return ((await answer.json()) as { FailedRecordCount: number }).FailedRecordCount;
}

describe("an on-demand stream", () => {
  it("doubles after a minute of more than half of what it can take, and goes back when 30 days needed less", async () => {
    const name = await on.stream("on-demand");
    expect(await count(name)).toBe(4);
    const everywhere = QUARTERS.map((quarter) => batch(name, quarter));
    expect(await minuteOf(32, [...everywhere, ...everywhere])).toBe(0);
    const shards = await open(name);
    expect(shards).toHaveLength(8);
    const sizes = shards.map(
      ({ HashKeyRange: range }) => BigInt(range?.EndingHashKey ?? 0) - BigInt(range?.StartingHashKey ?? 0) + 1n,
    );
    expect(new Set(sizes)).toEqual(new Set([SPACE / 8n]));
    await on.target.clock.advance(30 * DAY_MS - HOUR_MS);
    expect(await count(name)).toBe(8);
    await on.target.clock.advance(DAY_MS + 2 * HOUR_MS);
    expect(await count(name)).toBe(4);
  });

  it("refuses what is beyond what a shard takes until that is split", async () => {
    const name = await on.stream("on-demand");
    const body = batch(name, FIRST);
    expect(await minuteOf(31, [body, body, body])).toBe(31 * 500);
    expect(await count(name)).toBe(5);
    expect(await minuteOf(2, [body, body, body])).toBe(0);
  });

  it("stays as it is with half of what a shard can take, and for a single key, which no split can part", async () => {
    const half = await on.stream("on-demand");
    const single = await on.stream("on-demand");
    await minuteOf(60, [batch(half, FIRST)]);
    expect(await count(half)).toBe(4);
    await minuteOf(31, [batch(single, { ...FIRST, size: 0n }), batch(single, { ...FIRST, size: 0n })]);
    expect(await count(single)).toBe(4);
  });

  it("stays as it is when it has double of what it takes, also where its shards do not take quite the same", async () => {
    const name = await on.stream("on-demand");
    const everywhere = QUARTERS.map((quarter) => batch(name, quarter));
    const [first = ""] = everywhere;
    await secondsOf(27, [...everywhere, ...everywhere]);
    await secondsOf(4, [first, first]);
    await on.target.clock.advance(MINUTE_MS);
    expect(await count(name)).toBe(4);
  });

  it("keeps the shards of a provisioned stream that it was", async () => {
    const name = await on.stream(6);
    await kinesis.send(
      new UpdateStreamModeCommand({ StreamARN: arnOf(name), StreamModeDetails: { StreamMode: "ON_DEMAND" } }),
    );
    await on.settle();
    await on.target.clock.advance(2 * DAY_MS);
    expect(await count(name)).toBe(6);
  });
});

describe("account settings and warm throughput", () => {
  const settings = async () =>
    (await kinesis.send(new DescribeAccountSettingsCommand({}))).MinimumThroughputBillingCommitment;
  const commit = async (Status: "ENABLED" | "DISABLED") =>
    (await kinesis.send(new UpdateAccountSettingsCommand({ MinimumThroughputBillingCommitment: { Status } })))
      .MinimumThroughputBillingCommitment;
  const warm = (StreamName: string, WarmThroughputMiBps: number) =>
    kinesis.send(new UpdateStreamWarmThroughputCommand({ StreamName, WarmThroughputMiBps }));

  it("needs a commitment of the account, and an on-demand stream", async () => {
    const name = await on.stream("on-demand");
    expect(await settings()).toEqual({ Status: "DISABLED" });
    await expect(warm(name, 8)).rejects.toMatchObject({ name: "ValidationException" });
    expect((await summary(name))?.WarmThroughput).toBeUndefined();
    await commit("ENABLED");
    await expect(warm(await on.stream(1), 8)).rejects.toMatchObject({ name: "ValidationException" });
    await expect(warm(name, 10_241)).rejects.toMatchObject({ name: "InvalidArgumentException" });
    const created = { StreamName: uniqueName(), ShardCount: 1, WarmThroughputMiBps: 8 };
    await expect(kinesis.send(new CreateStreamCommand(created))).rejects.toMatchObject({ name: "ValidationException" });
  });

  it("scales a stream up and down at once", async () => {
    await commit("ENABLED");
    const name = await on.stream("on-demand");
    const answer = await warm(name, 10);
    expect(answer).toMatchObject({
      StreamName: name,
      StreamARN: arnOf(name),
      WarmThroughput: { TargetMiBps: 10, CurrentMiBps: 4 },
    });
    expect((await summary(name))?.StreamStatus).toBe("UPDATING");
    await on.settle();
    expect(await summary(name)).toMatchObject({
      StreamStatus: "ACTIVE",
      OpenShardCount: 10,
      WarmThroughput: { TargetMiBps: 10, CurrentMiBps: 10 },
    });
    await on.target.clock.advance(2 * DAY_MS);
    expect(await count(name)).toBe(10);
    await warm(name, 5);
    await on.settle();
    expect(await count(name)).toBe(5);
  });

  it("is there from the creation on", async () => {
    await commit("ENABLED");
    const StreamName = uniqueName();
    await kinesis.send(new CreateStreamCommand({ StreamName, WarmThroughputMiBps: 7 }));
    await on.settle();
    expect(await summary(StreamName)).toMatchObject({ OpenShardCount: 7, WarmThroughput: { TargetMiBps: 7 } });
  });

  it("holds an account to its commitment for 24 hours", async () => {
    await commit("ENABLED");
    // of whatever the tests before have begun
    await on.target.clock.advance(2 * DAY_MS);
    expect(await commit("DISABLED")).toMatchObject({ Status: "DISABLED", EndedAt: expect.any(Date) });
    const startedAt = new Date(on.target.clock.now());
    const earliest = new Date(on.target.clock.now() + DAY_MS);
    expect(await commit("ENABLED")).toEqual({
      ...{ Status: "ENABLED", StartedAt: startedAt, EarliestAllowedEndAt: earliest },
    });
    await on.target.clock.advance(HOUR_MS);
    expect(await commit("DISABLED")).toMatchObject({ Status: "ENABLED_UNTIL_EARLIEST_ALLOWED_END" });
    expect(await commit("ENABLED")).toMatchObject({ Status: "ENABLED", StartedAt: startedAt });
    await commit("DISABLED");
    await on.target.clock.advance(23 * HOUR_MS);
    expect(await settings()).toMatchObject({ Status: "DISABLED", EndedAt: earliest });
  });
});

describe("the record distribution strategy", () => {
  it("is that of partition keys alone", async () => {
    const name = await on.stream("on-demand");
    expect((await summary(name))?.RecordDistributionStrategy).toBe("USER_PARTITION_KEY");
    const set = { StreamARN: arnOf(name), RecordDistributionStrategy: "AUTO" };
    expect(await raw(on.target, "UpdateStreamRecordDistributionStrategy", set)).toMatchObject({ status: 501 });
    const auto = { StreamName: uniqueName(), RecordDistributionStrategy: "AUTO" };
    expect(await raw(on.target, "CreateStream", auto)).toMatchObject({ status: 501 });
    expect(await raw(on.target, "CreateStream", { ...auto, ShardCount: 1 })).toMatchObject({
      type: "InvalidArgumentException",
    });
  });
});
