import {
  DecreaseStreamRetentionPeriodCommand,
  DeleteStreamCommand,
  GetRecordsCommand,
  IncreaseStreamRetentionPeriodCommand,
  CreateStreamCommand,
  PutRecordsCommand,
} from "@aws-sdk/client-kinesis";
import { arnOf, iterator, useKinesis, put, raw, read, shardsOf, texts } from "./support.ts";

const on = useKinesis();
const { kinesis } = on;

const HOUR_MS = 3_600_000;
const account = "under account 000000000000";

describe("GetShardIterator", () => {
  describe("validation", () => {
    const get = (input: object) => raw(on.target, "GetShardIterator", input);

    it("wants a shard, a type and, for three types, a place", async () => {
      const StreamName = await on.stream();
      expect(await get({ StreamName })).toMatchObject({
        type: "ValidationException",
        message: expect.stringMatching(/^2 validation errors detected: /),
      });
      expect(await get({ StreamName, ShardId: "0", ShardIteratorType: "FIRST" })).toMatchObject({
        type: "ValidationException",
        message: expect.stringContaining("Member must satisfy enum value set: ["),
      });
      const rule =
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or " +
        "(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ";
      const at = { StreamName, ShardId: "0", ShardIteratorType: "AT_SEQUENCE_NUMBER" };
      expect(await get(at)).toMatchObject({
        type: "InvalidArgumentException",
        message: `${rule}AT_SEQUENCE_NUMBER and no StartingSequenceNumber.`,
      });
      expect(await get({ ...at, ShardIteratorType: "LATEST", StartingSequenceNumber: "5" })).toMatchObject({
        type: "InvalidArgumentException",
        message: `${rule}LATEST and also a StartingSequenceNumber.`,
      });
      expect(await get({ ...at, ShardIteratorType: "AT_TIMESTAMP" })).toMatchObject({
        type: "InvalidArgumentException",
        message:
          "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no " +
          "timestamp parameter.",
      });
    });

    it("does not find shards that are not there", async () => {
      const StreamName = await on.stream();
      const latest = { StreamName, ShardIteratorType: "LATEST" };
      for (const ShardId of ["2147483648", "shardId-002147483648", "ABKLFD8", "2.14E4"]) {
        expect(await get({ ...latest, ShardId })).toMatchObject({
          type: "ResourceNotFoundException",
          message: `Could not find shard ${ShardId} in stream ${StreamName} ${account}.`,
        });
      }
      expect(await get({ ...latest, ShardId: "shardId-5" })).toMatchObject({
        type: "ResourceNotFoundException",
        message: `Shard shardId-000000000005 in stream ${StreamName} ${account} does not exist`,
      });
      expect(await get({ ...latest, StreamName: "unknown", ShardId: "a-7" })).toMatchObject({
        type: "ResourceNotFoundException",
        message: `Shard shardId-000000000007 in stream unknown ${account} does not exist`,
      });
    });

    it("refuses sequence numbers of another shard, another stream, and of none", async () => {
      const StreamName = await on.stream(2);
      await on.target.clock.advance(2_000);
      const other = await on.stream(2);
      const [mine, next] = (await shardsOf(kinesis, StreamName)).map((shard) => shard.SequenceNumberRange);
      const [theirs] = (await shardsOf(kinesis, other)).map((shard) => shard.SequenceNumberRange);
      const at = { StreamName, ShardId: "shardId-000000000000", ShardIteratorType: "AFTER_SEQUENCE_NUMBER" };
      expect(await get({ ...at, StartingSequenceNumber: next?.StartingSequenceNumber })).toMatchObject({
        type: "InvalidArgumentException",
        message:
          "Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was used in a call to a shard with " +
          "shardId-000000000000",
      });
      const foreign = theirs?.StartingSequenceNumber as string;
      expect(await get({ ...at, StartingSequenceNumber: foreign })).toMatchObject({
        type: "InvalidArgumentException",
        message:
          `StartingSequenceNumber ${foreign} used in GetShardIterator on shard shardId-000000000000 in stream ` +
          `${StreamName} ${account} is invalid because it did not come from this stream.`,
      });
      const none = BigInt("0x20000000000800000000000000000000000000000000002").toString();
      expect(await get({ ...at, StartingSequenceNumber: none })).toMatchObject({
        type: "InvalidArgumentException",
        message: `StartingSequenceNumber ${none} used in GetShardIterator on shard shardId-000000000000 in stream ${StreamName} ${account} is invalid.`,
      });
      expect((await get({ ...at, StartingSequenceNumber: mine?.StartingSequenceNumber })).status).toBe(200);
    });

    it("refuses a timestamp in the future", async () => {
      const StreamName = await on.stream();
      const now = on.target.clock.now();
      const input = { StreamName, ShardId: "0", ShardIteratorType: "AT_TIMESTAMP", Timestamp: (now + 1000) / 1000 };
      expect(await get(input)).toMatchObject({
        type: "InvalidArgumentException",
        message:
          "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. " +
          `timestampInMillis: ${now + 1000}, currentTimestampInMillis: ${now}`,
      });
    });
  });

  describe("behaviour", () => {
    it("starts at the horizon, at a record, or after it", async () => {
      const name = await on.stream();
      const numbers = await put(kinesis, name, ["1", "2", "3"]);
      const from = async (type: "AT_SEQUENCE_NUMBER" | "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: string) =>
        texts(await read(kinesis, await iterator(kinesis, name, { ShardIteratorType: type, StartingSequenceNumber })));
      expect(texts(await read(kinesis, await iterator(kinesis, name)))).toEqual(["1", "2", "3"]);
      expect(await from("AT_SEQUENCE_NUMBER", numbers[1] as string)).toEqual(["2", "3"]);
      expect(await from("AFTER_SEQUENCE_NUMBER", numbers[1] as string)).toEqual(["3"]);
      expect(await from("AFTER_SEQUENCE_NUMBER", numbers[2] as string)).toEqual([]);
      const start = (await shardsOf(kinesis, name))[0]?.SequenceNumberRange?.StartingSequenceNumber as string;
      expect(await from("AT_SEQUENCE_NUMBER", start)).toEqual(["1", "2", "3"]);
      expect(await from("AFTER_SEQUENCE_NUMBER", start)).toEqual(["1", "2", "3"]);
    });

    it("starts within a batch that was put in one call", async () => {
      const name = await on.stream();
      const Records = Array.from({ length: 100 }, (_, index) => ({ PartitionKey: "k", Data: Buffer.from(`${index}`) }));
      const answer = await kinesis.send(new PutRecordsCommand({ StreamName: name, Records }));
      for (const index of [0, 1, 57, 99]) {
        const StartingSequenceNumber = answer.Records?.[index]?.SequenceNumber as string;
        const start = await iterator(kinesis, name, {
          ShardIteratorType: "AT_SEQUENCE_NUMBER",
          StartingSequenceNumber,
        });
        expect(texts(await read(kinesis, start, 2))).toEqual(
          [`${index}`, `${index + 1}`].filter((text) => text !== "100"),
        );
      }
    });

    it("LATEST sees what is put after the call, and nothing that was put before", async () => {
      const name = await on.stream();
      await put(kinesis, name, ["before"]);
      const latest = await iterator(kinesis, name, "LATEST");
      await put(kinesis, name, ["after"]);
      expect(texts(await read(kinesis, latest))).toEqual(["after"]);
    });

    it("AT_TIMESTAMP starts at the first record of that time or later", async () => {
      const name = await on.stream();
      const times: number[] = [];
      for (let index = 0; index < 20; index++) {
        await on.target.clock.advance(1_000);
        times.push(on.target.clock.now());
        await put(kinesis, name, [`${index}`, `${index}`]);
      }
      await on.target.clock.advance(1_000);
      const at = async (ms: number) => {
        const start = { ShardIteratorType: "AT_TIMESTAMP" as const, Timestamp: new Date(ms) };
        return texts(await read(kinesis, await iterator(kinesis, name, start), 1))[0];
      };
      expect(await at(0)).toBe("0");
      for (const [index, time] of times.entries()) {
        expect(await at(time)).toBe(`${index}`);
        expect(await at(time + 1)).toBe(index === 19 ? undefined : `${index + 1}`);
      }
    });
  });
});

describe("GetRecords", () => {
  describe("validation", () => {
    it("refuses an iterator that is changed, cut, of another kind, or none", async () => {
      const name = await on.stream();
      const whole = await iterator(kinesis, name);
      const flipped = Buffer.from(whole, "base64");
      flipped[flipped.length - 1] = (flipped.at(-1) as number) ^ 1;
      for (const ShardIterator of [
        flipped.toString("base64"),
        whole.slice(0, -4),
        "AAAA",
        "no iterator",
        `${whole} `,
      ]) {
        expect(await raw(on.target, "GetRecords", { ShardIterator })).toMatchObject({
          type: "InvalidArgumentException",
          message: "Invalid ShardIterator.",
        });
      }
      expect(await raw(on.target, "GetRecords", { ShardIterator: whole, StreamARN: arnOf("other") })).toMatchObject({
        type: "InvalidArgumentException",
      });
    });

    it("wants a limit of 1 to 10,000", async () => {
      const ShardIterator = await iterator(kinesis, await on.stream());
      for (const Limit of [0, 10_001]) {
        expect(await raw(on.target, "GetRecords", { ShardIterator, Limit })).toMatchObject({
          type: "ValidationException",
          message: expect.stringContaining(`Value '${Limit}' at 'limit' failed to satisfy constraint`),
        });
      }
    });

    it("refuses an iterator after five minutes", async () => {
      const ShardIterator = await iterator(kinesis, await on.stream());
      await on.target.clock.advance(300_000);
      await kinesis.send(new GetRecordsCommand({ ShardIterator }));
      await on.target.clock.advance(1);
      const when = "\\w{3} \\w{3} \\d{2} \\d{2}:\\d{2}:\\d{2} UTC \\d{4}";
      await expect(kinesis.send(new GetRecordsCommand({ ShardIterator }))).rejects.toMatchObject({
        name: "ExpiredIteratorException",
        message: expect.stringMatching(
          new RegExp(
            `^Iterator expired\\. The iterator was created at time ${when} while right now it is ${when} which is ` +
              "further in the future than the tolerated delay of 300000 milliseconds\\.$",
          ),
        ),
      });
    });
  });

  describe("behaviour", () => {
    it("pages through a shard, also across batches, and tells how far it is behind", async () => {
      const name = await on.stream();
      const batch = (start: number) =>
        kinesis.send(
          new PutRecordsCommand({
            StreamName: name,
            Records: Array.from({ length: 7 }, (_, index) => ({
              PartitionKey: "k",
              Data: Buffer.from(`${start + index}`),
            })),
          }),
        );
      for (const start of [0, 7, 14]) {
        await batch(start);
        await on.target.clock.advance(1_000);
      }
      const seen: string[] = [];
      const behind: (number | undefined)[] = [];
      let next = await iterator(kinesis, name);
      for (let calls = 0; calls < 5; calls++) {
        const answer = await read(kinesis, next, 5);
        seen.push(...texts(answer));
        behind.push(answer.MillisBehindLatest);
        next = answer.NextShardIterator as string;
      }
      expect(seen).toEqual(Array.from({ length: 21 }, (_, index) => `${index}`));
      expect(behind).toEqual([3_000, 2_000, 1_000, 1_000, 0]);
      expect(await read(kinesis, next)).toMatchObject({ Records: [], MillisBehindLatest: 0 });
    });

    it("gives the arrival of each record in milliseconds", async () => {
      const name = await on.stream();
      await on.target.clock.advance(1_234);
      const arrival = on.target.clock.now();
      await put(kinesis, name, ["x"]);
      const { Records } = await read(kinesis, await iterator(kinesis, name));
      expect(Records?.[0]?.ApproximateArrivalTimestamp?.getTime()).toBe(arrival);
    });

    it("answers at most 10 MiB, and at least one record", async () => {
      const name = await on.stream();
      const Data = Buffer.alloc((1 << 20) - 10);
      for (let calls = 0; calls < 3; calls++) {
        const Records = Array.from({ length: 5 }, () => ({ PartitionKey: "k", Data }));
        await kinesis.send(new PutRecordsCommand({ StreamName: name, Records }));
      }
      const first = await read(kinesis, await iterator(kinesis, name));
      expect(first.Records).toHaveLength(10);
      const second = await read(kinesis, first.NextShardIterator as string);
      expect(second.Records).toHaveLength(5);
      expect(second.MillisBehindLatest).toBe(0);
    });

    it("does not find the shard of a deleted stream; the stream that takes its name is read from its beginning", async () => {
      const name = await on.stream();
      await put(kinesis, name, ["old", "old"]);
      const old = await iterator(kinesis, name, "LATEST");
      await kinesis.send(new DeleteStreamCommand({ StreamName: name }));
      await on.settle();
      await expect(read(kinesis, old)).rejects.toMatchObject({
        name: "ResourceNotFoundException",
        message: `Shard shardId-000000000000 in stream ${name} ${account} does not exist`,
      });
      await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
      await on.settle();
      await put(kinesis, name, ["new"]);
      expect(texts(await read(kinesis, old))).toEqual(["new"]);
    });

    it("does not answer records older than the retention period, whatever the iterator", async () => {
      const name = await on.stream();
      const numbers = await put(kinesis, name, ["day 0"]);
      await on.target.clock.advance(12 * HOUR_MS);
      await put(kinesis, name, ["day 0.5"]);
      await on.target.clock.advance(12 * HOUR_MS);
      expect(texts(await read(kinesis, await iterator(kinesis, name)))).toEqual(["day 0", "day 0.5"]);
      await on.target.clock.advance(1);
      expect(texts(await read(kinesis, await iterator(kinesis, name)))).toEqual(["day 0.5"]);
      const at = { ShardIteratorType: "AT_SEQUENCE_NUMBER" as const, StartingSequenceNumber: numbers[0] as string };
      expect(texts(await read(kinesis, await iterator(kinesis, name, at)))).toEqual(["day 0.5"]);
      const early = { ShardIteratorType: "AT_TIMESTAMP" as const, Timestamp: new Date(0) };
      expect(texts(await read(kinesis, await iterator(kinesis, name, early)))).toEqual(["day 0.5"]);
    });

    it("goes on numbering after all records have been trimmed away", async () => {
      const name = await on.stream();
      const before = await put(kinesis, name, ["1", "2", "3"]);
      await on.target.clock.advance(26 * HOUR_MS);
      const after = await put(kinesis, name, ["4"]);
      expect(BigInt(after[0] ?? 0)).toBeGreaterThan(BigInt(before[2] ?? 0));
      expect(texts(await read(kinesis, await iterator(kinesis, name)))).toEqual(["4"]);
    });

    it("follows the retention period at once", async () => {
      const name = await on.stream();
      const period = (RetentionPeriodHours: number) => ({ StreamName: name, RetentionPeriodHours });
      await kinesis.send(new IncreaseStreamRetentionPeriodCommand(period(72)));
      await put(kinesis, name, ["old"]);
      await on.target.clock.advance(48 * HOUR_MS);
      await put(kinesis, name, ["new"]);
      expect(texts(await read(kinesis, await iterator(kinesis, name)))).toEqual(["old", "new"]);
      await kinesis.send(new DecreaseStreamRetentionPeriodCommand(period(24)));
      expect(texts(await read(kinesis, await iterator(kinesis, name)))).toEqual(["new"]);
    });

    it("does not give back what has expired, however long the retention period becomes", async () => {
      const name = await on.stream();
      const period = (RetentionPeriodHours: number) => ({ StreamName: name, RetentionPeriodHours });
      const all = async () => texts(await read(kinesis, await iterator(kinesis, name)));
      await put(kinesis, name, ["by age"]);
      await on.target.clock.advance(24 * HOUR_MS);
      await put(kinesis, name, ["kept"]);
      await on.target.clock.advance(1);
      await kinesis.send(new IncreaseStreamRetentionPeriodCommand(period(48)));
      expect(await all()).toEqual(["kept"]);
      await on.target.clock.advance(24 * HOUR_MS);
      await put(kinesis, name, ["last"]);
      expect(await all()).toEqual(["kept", "last"]);
      await kinesis.send(new DecreaseStreamRetentionPeriodCommand(period(24)));
      await kinesis.send(new IncreaseStreamRetentionPeriodCommand(period(48)));
      expect(await all()).toEqual(["last"]);
    });
  });
});
