import fc from "fast-check";
import { Storage } from "../../emulator/storage/storage.ts";
import type { Shard, StoredRecord } from "./model.ts";
import { RecordLog } from "./record-log.ts";

const storage = new Storage();
afterAll(() => storage.close());

const log = new RecordLog(storage.table("kinesis/records"), ["000000000000", "us-east-1"], (work) =>
  storage.write(work),
);

const shard = (number: number): Shard => ({
  number,
  startingHashKey: "0".repeat(32),
  endingHashKey: "f".repeat(32),
  epochSeconds: 0,
  openedAt: 0,
  nextPosition: 1,
  lastArrival: 0,
});

/** One shard as it should be: a list. Shards that are neighbours in the table get records too, which must never show. */
class Model {
  readonly streamId: string;
  records: StoredRecord[] = [];

  constructor(streamId: string) {
    this.streamId = streamId;
  }

  append(sizes: readonly number[], afterMs: number): void {
    for (const number of [0, 1, 2]) {
      const { next, lastArrival } = log.tail(this.streamId, shard(number));
      const arrivedAt = lastArrival + afterMs;
      const values = sizes.flatMap((size, index) => [`key-${number}-${next + index}`, "x".repeat(size)]);
      storage.write(() => log.append(this.streamId, number, next, arrivedAt, values));
      if (number !== 1) continue;
      for (const [index, size] of sizes.entries()) {
        const position = next + index;
        this.records.push({ position, arrivedAt, partitionKey: `key-1-${position}`, data: "x".repeat(size) });
      }
    }
  }

  get end(): number {
    return (this.records.at(-1)?.position ?? 0) + 1;
  }
}

let streams = 0;
/** Some batches are longer than a segment: records of 400,000 characters. */
const sizes = fc.array(fc.constantFrom(0, 4, 8, 400_000), { minLength: 1, maxLength: 9 });
const batches = fc.array(fc.tuple(sizes, fc.nat(3)), { minLength: 1, maxLength: 8 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

const written = (list: readonly (readonly [number[], number])[]): Model => {
  const model = new Model(`stream-${streams++}`);
  for (const [batch, afterMs] of list) model.append(batch, afterMs);
  return model;
};

describe("RecordLog", () => {
  it("reads from any position on, record for record, up to the limit", () => {
    fc.assert(
      fc.property(batches, share, fc.integer({ min: 1, max: 30 }), (list, where, limit) => {
        const model = written(list);
        const from = Math.floor(where * (model.end + 1));
        const expected = model.records.filter(({ position }) => position >= from).slice(0, limit);
        const { records, next } = log.read(model.streamId, 1, from, limit, Infinity);
        expect(records).toEqual(expected);
        expect(next).toBe(expected.length > 0 ? (expected.at(-1) as StoredRecord).position + 1 : from);
      }),
      { numRuns: 40 },
    );
  });

  it("pages by bytes without losing or repeating a record", () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 0, max: 700_000 }), (list, limitBytes) => {
        const model = written(list);
        const seen: StoredRecord[] = [];
        for (let from = 1; from < model.end;) {
          const page = log.read(model.streamId, 1, from, 10_000, limitBytes);
          expect(page.records.length).toBeGreaterThan(0);
          seen.push(...page.records);
          from = page.next;
        }
        expect(seen).toEqual(model.records);
      }),
      { numRuns: 40 },
    );
  });

  it("finds the first record of a time or later", () => {
    fc.assert(
      fc.property(batches, fc.nat(25), (list, time) => {
        const model = written(list);
        const expected = model.records.find(({ arrivedAt }) => arrivedAt >= time)?.position ?? model.end;
        expect(log.firstSince(model.streamId, 1, time, model.end)).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("trims what arrived before a time, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.nat(25), async (list, time) => {
        const model = written(list);
        await log.trim(model.streamId, 1, time);
        const kept = model.records.filter(({ arrivedAt }) => arrivedAt >= time);
        expect(log.read(model.streamId, 1, 1, 10_000, Infinity).records).toEqual(kept);
        const neighbour = log.read(model.streamId, 2, 1, 10_000, Infinity).records;
        expect(neighbour).toHaveLength(model.records.length);
        const first = kept[0]?.position ?? model.end;
        expect(log.firstSince(model.streamId, 1, time, model.end)).toBe(first);
      }),
      { numRuns: 40 },
    );
  });
});
