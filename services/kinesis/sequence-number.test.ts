import fc from "fast-check";
import {
  advanceSequenceNumber,
  endingSequenceNumber,
  parseSequenceNumber,
  sequenceNumber,
  startingSequenceNumber,
} from "./sequence-number.ts";

const shards = fc.record({
  number: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  epochSeconds: fc.integer({ min: 1_400_000_000, max: 4_000_000_000 }),
});
const positions = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 1000 });
const arrivals = fc.integer({ min: 1_400_000_000_000, max: 4_000_000_000_000 });

describe("sequenceNumber", () => {
  it("has 56 digits and tells what it was made of", () => {
    fc.assert(
      fc.property(shards, positions, arrivals, (shard, position, arrivedAt) => {
        const number = sequenceNumber(shard, position, arrivedAt);
        expect(number).toMatch(/^\d{56}$/);
        expect(parseSequenceNumber(number)).toEqual({
          epochSeconds: shard.epochSeconds,
          shardNumber: shard.number,
          position,
          arrivalSeconds: Math.floor(arrivedAt / 1000),
        });
      }),
    );
  });

  it("rises with the position, whatever the clock does, from the shard's start to its end", () => {
    fc.assert(
      fc.property(shards, positions, arrivals, arrivals, (shard, position, earlier, later) => {
        const rising = [
          startingSequenceNumber(shard),
          sequenceNumber(shard, position, later),
          sequenceNumber(shard, position + 1, earlier),
          endingSequenceNumber(shard, earlier),
        ].map(BigInt);
        expect(rising.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(rising);
        expect(new Set(rising).size).toBe(4);
      }),
    );
  });
});

describe("advanceSequenceNumber", () => {
  it("makes of a number in a text that of the next position, as often as it is asked", () => {
    fc.assert(
      fc.property(
        shards,
        positions,
        arrivals,
        fc.integer({ min: 1, max: 600 }),
        (shard, position, arrivedAt, count) => {
          const text = Buffer.from(`before ${sequenceNumber(shard, position, arrivedAt)} behind`);
          for (let step = 1; step <= count; step++) {
            advanceSequenceNumber(text, "before ".length);
            expect(text.toString()).toBe(`before ${sequenceNumber(shard, position + step, arrivedAt)} behind`);
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe("parseSequenceNumber", () => {
  it("reads a closed shard's ending number as behind every record", () => {
    const shard = { number: 3, epochSeconds: 1_800_000_000 };
    expect(parseSequenceNumber(endingSequenceNumber(shard, 1_900_000_000_000))?.position).toBe(Number.MAX_SAFE_INTEGER);
  });

  it("refuses what no shard could have given out", () => {
    for (const text of ["0", "5", "9".repeat(56), (1n << 185n).toString()]) {
      expect(parseSequenceNumber(text)).toBeUndefined();
    }
  });
});
