import fc from "fast-check";
import { randomIds } from "../../../emulator/runtime/ids.ts";
import { isOpen, SHARD_LIFETIME_MS, type Shard } from "./model.ts";
import { closeShards, firstShards, partitionsOf, turnOver, type Lineage } from "./shards.ts";

const HASHES = 2 ** 32;
const NOW = Date.UTC(2026, 5, 1);
const openOf = ({ shards }: Lineage): Shard[] => shards.filter(isOpen);

/** Whether the open shards have every hash, and none of them twice. */
function isCover(lineage: Lineage): boolean {
  let end = 0;
  for (const { hashes } of openOf(lineage).toSorted((one, other) => one.hashes.from - other.hashes.from)) {
    if (hashes.from !== end || hashes.to <= end) return false;
    end = hashes.to;
  }
  return end === HASHES;
}

/** What is wrong between shards and their parents, or with their order. */
function disorder({ shards, nextPosition }: Lineage): string[] {
  const byId = new Map(shards.map((shard) => [shard.id, shard]));
  return shards.flatMap((shard, index) => {
    const parent = byId.get(shard.parentId ?? "");
    const follows = parent === undefined || (parent.endingPosition ?? Infinity) < shard.startingPosition;
    const isWithin =
      parent === undefined || (shard.hashes.from >= parent.hashes.from && shard.hashes.to <= parent.hashes.to);
    const ends = shard.startingPosition < (shard.endingPosition ?? nextPosition);
    const isInOrder = index === 0 || (shards[index - 1]?.id ?? "") < shard.id;
    return follows && isWithin && ends && isInOrder ? [] : [shard.id];
  });
}

describe("the shards of a stream, whatever happens to it", () => {
  const steps = fc.array(
    fc.record({
      waitMs: fc.integer({ min: 0, max: 2 * SHARD_LIFETIME_MS }),
      partitions: fc.integer({ min: 1, max: 64 }),
    }),
    { maxLength: 20 },
  );

  it("cover all hashes without overlap; children follow their parents in ids and in sequence", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), steps, (partitions, rounds) => {
        let now = NOW;
        let lineage = firstShards(partitions, now, randomIds);
        expect(isCover(lineage)).toBe(true);
        for (const round of rounds) {
          now += round.waitMs;
          const open = openOf(lineage).length;
          lineage = turnOver(lineage, round.partitions, now, randomIds);
          expect(isCover(lineage)).toBe(true);
          expect(openOf(lineage)).toHaveLength(Math.max(open, round.partitions));
          expect(openOf(lineage).filter(({ openedAt }) => openedAt + SHARD_LIFETIME_MS <= now)).toEqual([]);
        }
        expect(disorder(lineage)).toEqual([]);
        expect(openOf(closeShards(lineage, openOf(lineage), now))).toEqual([]);
      }),
    );
  });

  it("stay as they are as long as nothing is due", () => {
    const lineage = firstShards(4, NOW, randomIds);
    expect(turnOver(lineage, 4, NOW + SHARD_LIFETIME_MS - 1, randomIds)).toBe(lineage);
    expect(turnOver(lineage, 1, NOW, randomIds)).toBe(lineage);
  });
});

describe("the partitions of a table", () => {
  it.each([
    ["PAY_PER_REQUEST", 0, 0, 4],
    ["PROVISIONED", 1, 1, 1],
    ["PROVISIONED", 3000, 0, 1],
    ["PROVISIONED", 3000, 1, 2],
    ["PROVISIONED", 6000, 3000, 5],
    ["PROVISIONED", 1e9, 1e9, 64],
  ] as const)("%s with %d read and %d write units: %d", (billingMode, readUnits, writeUnits, count) => {
    expect(partitionsOf({ billingMode, throughput: { readUnits, writeUnits, decreasesToday: 0 } })).toBe(count);
  });
});
