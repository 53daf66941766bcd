import { createHash } from "node:crypto";
import {
  PutRecordCommand,
  PutRecordsCommand,
  UpdateMaxRecordSizeCommand,
  type PutRecordsRequestEntry,
} from "@aws-sdk/client-kinesis";
import { arnOf, bytes, iterator, useKinesis, put, raw, read, shardsOf, texts } from "./support.ts";

const on = useKinesis();
const { kinesis } = on;

const MIB = 1 << 20;
const LAST_HASH_KEY = (1n << 128n) - 1n;
const data = (sizeBytes: number) => Buffer.alloc(sizeBytes, "x");
const expectRising = (numbers: readonly (string | undefined)[]) => {
  for (const [index, number] of numbers.slice(1).entries()) {
    expect(BigInt(number ?? 0)).toBeGreaterThan(BigInt(numbers[index] ?? 0));
  }
};
const putOne = (StreamName: string, more: Partial<PutRecordsRequestEntry> & { SequenceNumberForOrdering?: string }) =>
  kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "k", Data: bytes("x"), ...more }));

describe("PutRecord", () => {
  describe("serialization", () => {
    it.each([
      ["Data", 23],
      ["Data", "not base64!"],
      ["Data", "YQ"],
      ["PartitionKey", true],
      ["ExplicitHashKey", 0],
      ["SequenceNumberForOrdering", ["1"]],
    ])("refuses %s of %j", async (member, value) => {
      const input = { StreamName: "s", PartitionKey: "k", Data: "", [member]: value };
      expect(await raw(on.target, "PutRecord", input)).toMatchObject({ status: 400, type: "SerializationException" });
    });

    it("refuses a body that is no JSON", async () => {
      expect(await raw(on.target, "PutRecord", '{"StreamName":')).toMatchObject({
        status: 400,
        type: "SerializationException",
      });
    });
  });

  describe("validation", () => {
    it("wants a partition key of 1 to 256 characters and data", async () => {
      const StreamName = await on.stream();
      expect(await raw(on.target, "PutRecord", { StreamName })).toMatchObject({
        type: "ValidationException",
        message: expect.stringContaining(
          "Value null at 'partitionKey' failed to satisfy constraint: Member must not be null",
        ),
      });
      expect(await raw(on.target, "PutRecord", { StreamName, PartitionKey: "", Data: "" })).toMatchObject({
        type: "ValidationException",
        message:
          "1 validation error detected: Value '' at 'partitionKey' failed to satisfy constraint: Member must have " +
          "length greater than or equal to 1",
      });
      const long = "a".repeat(257);
      expect(await raw(on.target, "PutRecord", { StreamName, PartitionKey: long, Data: "" })).toMatchObject({
        type: "ValidationException",
        message:
          `1 validation error detected: Value '${long}' at 'partitionKey' failed to satisfy constraint: Member must ` +
          "have length less than or equal to 256",
      });
      await putOne(StreamName, { PartitionKey: "ü".repeat(256) });
    });

    it("refuses a hash key beyond the hash key space", async () => {
      const name = await on.stream();
      const beyond = (LAST_HASH_KEY + 1n).toString();
      await expect(putOne(name, { ExplicitHashKey: beyond })).rejects.toMatchObject({
        name: "InvalidArgumentException",
        message: `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${beyond}`,
      });
    });

    it("refuses a sequence number that no record could have", async () => {
      const name = await on.stream();
      for (const hex of [
        "0x20000000000000000000000000000000000000000000000",
        "0x20000000000800000000000000000000000000000000002",
      ]) {
        const number = BigInt(hex).toString();
        await expect(putOne(name, { SequenceNumberForOrdering: number })).rejects.toMatchObject({
          name: "InvalidArgumentException",
          message: `ExclusiveMinimumSequenceNumber ${number} used in PutRecord on stream ${name} under account 000000000000 is invalid.`,
        });
      }
    });

    it("takes 1 MiB with its key, and more where the stream is set to", async () => {
      const name = await on.stream();
      await putOne(name, { Data: data(MIB - 1) });
      await expect(putOne(name, { Data: data(MIB) })).rejects.toMatchObject({ name: "InvalidArgumentException" });
      await expect(putOne(name, { Data: data(MIB + 1) })).rejects.toMatchObject({
        name: "ValidationException",
        message:
          "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1048577 cap=1048577]' at 'data' " +
          "failed to satisfy constraint: Member must have length less than or equal to 1048576",
      });
      await kinesis.send(new UpdateMaxRecordSizeCommand({ StreamARN: arnOf(name), MaxRecordSizeInKiB: 2048 }));
      await putOne(name, { Data: data(2 * MIB - 1) });
    });

    it("does not find an unknown stream", async () => {
      await expect(putOne("unknown", {})).rejects.toMatchObject({
        name: "ResourceNotFoundException",
        message: "Stream unknown under account 000000000000 not found.",
      });
    });
  });

  describe("behaviour", () => {
    it("chooses the shard by the MD5 of the partition key, or by the explicit hash key", async () => {
      const name = await on.stream(5);
      const ranges = (await shardsOf(kinesis, name)).map(({ ShardId, HashKeyRange }) => ({
        id: ShardId,
        start: BigInt(HashKeyRange?.StartingHashKey ?? 0),
        end: BigInt(HashKeyRange?.EndingHashKey ?? 0),
      }));
      const owner = (hashKey: bigint) => ranges.find(({ start, end }) => start <= hashKey && hashKey <= end)?.id;
      for (const key of ["a", "b", "ü", "🌊", "x".repeat(256)]) {
        const hashKey = BigInt(`0x${createHash("md5").update(key).digest("hex")}`);
        expect((await putOne(name, { PartitionKey: key })).ShardId).toBe(owner(hashKey));
      }
      for (const { id, start, end } of ranges) {
        expect((await putOne(name, { ExplicitHashKey: start.toString() })).ShardId).toBe(id);
        expect((await putOne(name, { ExplicitHashKey: end.toString() })).ShardId).toBe(id);
      }
    });

    it("gives rising sequence numbers of 56 digits, also when the clock stands still", async () => {
      const name = await on.stream();
      const numbers = await put(kinesis, name, ["1", "2", "3"]);
      expect(numbers.every((number) => /^\d{56}$/.test(number))).toBe(true);
      expectRising(numbers);
    });

    it("orders after SequenceNumberForOrdering", async () => {
      const name = await on.stream();
      const [first] = await put(kinesis, name, ["1"]);
      const { SequenceNumber } = await putOne(name, { SequenceNumberForOrdering: first });
      expect(BigInt(SequenceNumber ?? 0)).toBeGreaterThan(BigInt(first ?? 0));
    });

    it("keeps empty data, and any Unicode in a partition key", async () => {
      const name = await on.stream();
      await putOne(name, { PartitionKey: "\u0000🌊", Data: new Uint8Array(0) });
      const { Records } = await read(kinesis, await iterator(kinesis, name));
      expect(Records?.[0]).toMatchObject({ PartitionKey: "\u0000🌊", Data: new Uint8Array(0) });
    });

    it("writes nothing on a dry run", async () => {
      const StreamName = await on.stream();
      const input = { StreamName, PartitionKey: "k", Data: "", DryRun: true };
      expect(await raw(on.target, "PutRecord", input)).toMatchObject({ type: "DryRunOperationException" });
      expect(await raw(on.target, "PutRecords", { StreamName, DryRun: true, Records: [input] })).toMatchObject({
        type: "DryRunOperationException",
      });
      expect(texts(await read(kinesis, await iterator(kinesis, StreamName)))).toEqual([]);
    });
  });
});

describe("PutRecords", () => {
  const entries = (count: number, entry: Partial<PutRecordsRequestEntry> = {}): PutRecordsRequestEntry[] =>
    Array.from({ length: count }, (_, index) => ({ PartitionKey: `key-${index}`, Data: bytes(`${index}`), ...entry }));
  const putAll = (StreamName: string, Records: PutRecordsRequestEntry[]) =>
    kinesis.send(new PutRecordsCommand({ StreamName, Records }));

  describe("serialization", () => {
    it.each([
      ["no list", "records"],
      ["a list of texts", ["record"]],
      ["a record with a number as data", [{ PartitionKey: "a", Data: 1 }]],
    ])("refuses %s", async (_, Records) => {
      expect(await raw(on.target, "PutRecords", { StreamName: "s", Records })).toMatchObject({
        status: 400,
        type: "SerializationException",
      });
    });
  });

  describe("validation", () => {
    it("wants 1 to 500 records", async () => {
      const name = await on.stream();
      expect(await raw(on.target, "PutRecords", { StreamName: name, Records: [] })).toMatchObject({
        type: "ValidationException",
        message:
          "1 validation error detected: Value '[]' at 'records' failed to satisfy constraint: Member must have length " +
          "greater than or equal to 1",
      });
      await expect(putAll(name, entries(501))).rejects.toMatchObject({
        name: "ValidationException",
        message: expect.stringMatching(
          /at 'records' failed to satisfy constraint: Member must have length less than or equal to 500$/,
        ),
      });
    });

    it("names the record that is wrong, and writes none", async () => {
      const name = await on.stream();
      const records = [...entries(2), { PartitionKey: "", Data: bytes("x") }];
      await expect(putAll(name, records)).rejects.toMatchObject({
        message: expect.stringMatching(/Value '' at 'records\.3\.member\.partitionKey' failed to satisfy constraint/),
      });
      const tooLong = [...entries(2), { PartitionKey: "k", Data: data(MIB + 1) }];
      await expect(putAll(name, tooLong)).rejects.toMatchObject({
        message: expect.stringContaining("at 'records.3.member.data' failed to satisfy constraint"),
      });
      const beyond = [...entries(2), ...entries(1, { ExplicitHashKey: (LAST_HASH_KEY + 1n).toString() })];
      await expect(putAll(name, beyond)).rejects.toMatchObject({ name: "InvalidArgumentException" });
      expect(texts(await read(kinesis, await iterator(kinesis, name)))).toEqual([]);
    });

    it("takes 10 MiB of data and keys in a call, and not a byte more", async () => {
      const name = await on.stream();
      const full = Array.from({ length: 10 }, () => ({ PartitionKey: "kkkk", Data: data(MIB - 4) }));
      await putAll(name, full);
      const more = [
        ...full.slice(1),
        { PartitionKey: "kkk", Data: data(MIB - 4) },
        { PartitionKey: "kk", Data: data(0) },
      ];
      await expect(putAll(name, more)).rejects.toMatchObject({
        name: "InvalidArgumentException",
        message: "Records size exceeds 10 MB limit",
      });
    });
  });

  describe("behaviour", () => {
    it("answers each record in its own place", async () => {
      const name = await on.stream(4);
      const records = entries(500);
      const answer = await putAll(name, records);
      expect(answer.FailedRecordCount).toBe(0);
      expect(answer.Records).toHaveLength(500);
      expect(answer.EncryptionType).toBeUndefined();
      const where = new Map(
        answer.Records?.map(({ ShardId, SequenceNumber }, index) => [`${ShardId} ${SequenceNumber}`, index]),
      );
      expect(where.size).toBe(500);
      let found = 0;
      for (const { ShardId } of await shardsOf(kinesis, name)) {
        const { Records } = await read(kinesis, await iterator(kinesis, name, "TRIM_HORIZON", ShardId));
        for (const record of Records ?? []) {
          const index = where.get(`${ShardId} ${record.SequenceNumber}`) as number;
          expect(record.PartitionKey).toBe(records[index]?.PartitionKey);
          expect(Buffer.from(record.Data as Uint8Array)).toEqual(Buffer.from(records[index]?.Data as Uint8Array));
          found++;
        }
      }
      expect(found).toBe(500);
    });

    it("keeps the order of the call, and of calls, within a shard", async () => {
      const name = await on.stream();
      const first = await putAll(name, entries(300));
      const second = await putAll(name, entries(300));
      const numbers = [...(first.Records ?? []), ...(second.Records ?? [])].map(({ SequenceNumber }) => SequenceNumber);
      const { Records } = await read(kinesis, await iterator(kinesis, name));
      expect(Records?.map(({ SequenceNumber }) => SequenceNumber)).toEqual(numbers);
      expectRising(numbers);
    });
  });
});
