import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { Storage } from "../../emulator/storage/storage.ts";
import type { Shard, StoredRecord } from "./model.ts";
import { Receipts } from "./receipts.ts";
import { RecordBatch } from "./record-batch.ts";
import { RecordLog } from "./record-log.ts";
import { sequenceNumber } from "./sequence-number.ts";

const storage = new Storage();
afterAll(() => storage.close());

const log = new RecordLog(storage, ["000000000000", "us-east-1"]);

const shard = (number: number): Shard => ({
  number,
  startingHashKey: "0".repeat(32),
  endingHashKey: "f".repeat(32),
  epochSeconds: 0,
  openedAt: 0,
  nextPosition: 1,
  lastArrival: 0,
});

interface Kept {
  readonly position: number;
  readonly arrivedAt: number;
  readonly record: StoredRecord;
}

/** One shard as it should be: a list. Shards that are neighbours in the table get records too, which must never show. */
class Model {
  readonly streamId: string;
  records: Kept[] = [];

  constructor(streamId: string) {
    this.streamId = streamId;
  }

  append(sizes: readonly number[], afterMs: number, isEncrypted: boolean): void {
    for (const number of [0, 1, 2]) {
      const { next, lastArrival } = log.tail(this.streamId, shard(number));
      const arrivedAt = lastArrival + afterMs;
      // keys that JSON writes as they are, and some that it does not
      const entries = sizes.map((size, index) => ({
        PartitionKey: `key-${number}-${next + index}${KEY_ENDS[(next + index) % KEY_ENDS.length]}`,
        Data: "x".repeat(size),
      }));
      const start = { shard: shard(number), position: next, arrivedAt };
      const places = [...entries.keys()];
      const batch = RecordBatch.of(entries, Infinity);
      storage.write(() => log.append(this.streamId, [{ start, places }], batch, isEncrypted));
      const receipts = new Receipts(entries.length);
      receipts.write(places, start);
      const receiptList = receipts.take();
      for (const [index, entry] of number === 1 ? entries.entries() : []) {
        const position = next + index;
        const SequenceNumber = sequenceNumber(shard(1), position, arrivedAt);
        const record = { SequenceNumber, ApproximateArrivalTimestamp: new Date(arrivedAt), ...entry };
        this.records.push({
          ...{ position, arrivedAt },
          record: { ...record, ...(isEncrypted && { EncryptionType: "KMS" as const }) },
        });
        expect(receiptList[index]).toEqual({ SequenceNumber, ShardId: "shardId-000000000001" });
      }
    }
  }

  get end(): number {
    return (this.records.at(-1)?.position ?? 0) + 1;
  }
}

const KEY_ENDS = ["", "ä", '"', "\\", "\n", "\u{1f600}", "\ud800"];

let streams = 0;
/** Some batches are longer than a segment: records of 400,000 characters. */
const sizes = fc.array(fc.constantFrom(0, 4, 8, 400_000), { minLength: 1, maxLength: 9 });
const batches = fc.array(fc.tuple(sizes, fc.nat(3), fc.boolean()), { minLength: 1, maxLength: 8 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

const sizeOf = ({ Data, PartitionKey }: StoredRecord): number =>
  Buffer.from(Data, "base64").length + Buffer.byteLength(PartitionKey);

const written = (list: readonly (readonly [number[], number, boolean])[]): Model => {
  const model = new Model(`stream-${streams++}`);
  for (const [batch, afterMs, isEncrypted] of list) model.append(batch, afterMs, isEncrypted);
  return model;
};

describe("RecordLog", () => {
  it("reads from any position on, record for record, up to the limit", () => {
    fc.assert(
      fc.property(batches, share, fc.integer({ min: 1, max: 30 }), (list, where, limit) => {
        const model = written(list);
        const from = Math.floor(where * (model.end + 1));
        const expected = model.records.filter(({ position }) => position >= from).slice(0, limit);
        const page = log.read(model.streamId, 1, from, limit, Infinity);
        expect(page.list()).toEqual(expected.map(({ record }) => record));
        expect(page.count).toBe(expected.length);
        expect(page.bytes).toBe(expected.reduce((sum, { record }) => sum + sizeOf(record), 0));
        expect(page.lastArrival).toBe(expected.at(-1)?.arrivedAt);
        expect(page.next).toBe(expected.length > 0 ? (expected.at(-1) as Kept).position + 1 : from);
      }),
      { numRuns: 20 },
    );
  });

  it("pages by bytes without losing or repeating a record", () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 0, max: 700_000 }), (list, limitBytes) => {
        const model = written(list);
        const seen: StoredRecord[] = [];
        for (let from = 1; from < model.end;) {
          const page = log.read(model.streamId, 1, from, 10_000, limitBytes);
          expect(page.count).toBeGreaterThan(0);
          if (page.count > 1) expect(page.bytes).toBeLessThanOrEqual(limitBytes);
          seen.push(...page.list());
          from = page.next;
        }
        expect(seen).toEqual(model.records.map(({ record }) => record));
      }),
      { numRuns: 20 },
    );
  });

  it("finds the first record of a time or later", () => {
    fc.assert(
      fc.property(batches, fc.nat(25), (list, time) => {
        const model = written(list);
        const expected = model.records.find(({ arrivedAt }) => arrivedAt >= time)?.position ?? model.end;
        expect(log.firstSince(model.streamId, 1, time, model.end)).toBe(expected);
      }),
      { numRuns: 30 },
    );
  });

  it("trims what arrived before a time, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.nat(25), async (list, time) => {
        const model = written(list);
        await log.trim(model.streamId, 1, time);
        const kept = model.records.filter(({ arrivedAt }) => arrivedAt >= time);
        const left = log.read(model.streamId, 1, 1, 10_000, Infinity).list();
        expect(left).toEqual(kept.map(({ record }) => record));
        expect(log.read(model.streamId, 2, 1, 10_000, Infinity).count).toBe(model.records.length);
        const first = kept[0]?.position ?? model.end;
        expect(log.firstSince(model.streamId, 1, time, model.end)).toBe(first);
      }),
      { numRuns: 20 },
    );
  });

  it("gives back the files in which nothing is left, and keeps the others", async () => {
    const model = new Model(`stream-${streams++}`);
    const files = () => readdirSync(join(storage.directory, "logs/kinesis/000000000000/us-east-1", model.streamId));
    // 168 MB in all, more than two files hold
    for (let second = 1; second <= 7; second++) model.append(Array<number>(20).fill(400_000), 1000, false);
    expect(files()).toEqual(["1", "2", "3"]);
    const lastSecond = model.records.filter(({ arrivedAt }) => arrivedAt === 7000);
    for (const number of [0, 1, 2]) await log.trim(model.streamId, number, 7000);
    await log.clean(model.streamId);
    expect(files()).toEqual(["3"]);
    expect(log.read(model.streamId, 1, 1, 10_000, Infinity).list()).toEqual(lastSecond.map(({ record }) => record));
    for (const number of [0, 1, 2]) await log.trim(model.streamId, number, Infinity);
    await log.remove(model.streamId);
    expect(storage.logs("kinesis/000000000000/us-east-1")).not.toContain(model.streamId);
  });

  it("removes at the start what a kill has left of streams that are gone", async () => {
    const [kept, gone] = [new Model(`stream-${streams++}`), new Model(`stream-${streams++}`)];
    for (const model of [kept, gone]) model.append([4], 1, false);
    const other = new RecordLog(storage, ["000000000000", "us-east-1"]);
    const names = storage.logs("kinesis/000000000000/us-east-1");
    await other.removeOthers(new Set(names.filter((name) => name !== gone.streamId)));
    expect(storage.logs("kinesis/000000000000/us-east-1").toSorted()).toEqual(
      names.filter((name) => name !== gone.streamId).toSorted(),
    );
    expect(log.read(kept.streamId, 1, 1, 10, Infinity).count).toBe(1);
  });
});
