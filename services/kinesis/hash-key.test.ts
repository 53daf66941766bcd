import fc from "fast-check";
import { FIRST_HASH_KEY, fromNumber, headOf, rangeIndex, rangeIndexOfHead } from "./hash-key.ts";

/** Some of the starts are close to each other, so that the first 32 bits are the same. */
const hashKeys = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
  fc.bigInt({ min: 1n << 100n, max: (1n << 100n) + 5n }),
  fc.integer({ min: 0, max: 15 }).map((sixteenth) => BigInt(sixteenth) << 124n),
);

describe("rangeIndexOfHead", () => {
  it("finds the same range as the whole hash key, or does not tell", () => {
    fc.assert(
      fc.property(fc.uniqueArray(hashKeys, { maxLength: 30 }), hashKeys, (starts, key) => {
        const texts = [...new Set([FIRST_HASH_KEY, ...starts.map(fromNumber)])].toSorted();
        const ranges = texts.map((startingHashKey) => ({ startingHashKey }));
        const hashKey = fromNumber(key);
        const told = rangeIndexOfHead(ranges, headOf(hashKey));
        const exact = rangeIndex(ranges, hashKey);
        // undecided only where the start of a range has the same beginning
        if (told < 0) expect(texts.some((start) => headOf(start) === headOf(hashKey))).toBe(true);
        else expect(told).toBe(exact);
      }),
      { numRuns: 2000 },
    );
  });
});
