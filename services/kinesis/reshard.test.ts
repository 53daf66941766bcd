import fc from "fast-check";
import { after, before, FIRST_HASH_KEY, fromNumber, LAST_HASH_KEY, rangeIndex, toNumber } from "./hash-key.ts";
import { isOpen, type ReshardStep, type Shard } from "./model.ts";
import { initialShards, openShards, reshard, scaleUniformly } from "./reshard.ts";
import { startingSequenceNumber, endingSequenceNumber } from "./sequence-number.ts";

const NOW = Date.UTC(2026, 0, 1);

interface State {
  readonly shards: readonly Shard[];
  readonly nextShardNumber: number;
}

const initial = (count: number): State => ({
  shards: initialShards(count, NOW, NOW / 1000),
  nextShardNumber: count,
});

/** Every hash key has one open shard: the ranges begin at 0, follow each other without a gap, and end at 2^128 - 1. */
function expectCovered(shards: readonly Shard[]): void {
  const open = openShards(shards);
  expect(open[0]?.startingHashKey).toBe(FIRST_HASH_KEY);
  expect(open.at(-1)?.endingHashKey).toBe(LAST_HASH_KEY);
  for (const [index, shard] of open.slice(1).entries()) {
    expect(shard.startingHashKey).toBe(after((open[index] as Shard).endingHashKey));
  }
  for (const shard of open) expect(shard.startingHashKey <= shard.endingHashKey).toBe(true);
}

/** A split or merge that the present shards allow, chosen by two numbers. */
function step(shards: readonly Shard[], choice: number, place: bigint, merges: boolean): ReshardStep | undefined {
  const open = openShards(shards);
  const index = choice % open.length;
  const shard = open[index] as Shard;
  if (merges) {
    const adjacent = open[index + 1];
    return adjacent && { type: "merge", shard: shard.number, adjacent: adjacent.number };
  }
  const size = toNumber(shard.endingHashKey) - toNumber(shard.startingHashKey);
  if (size < 4n) return undefined;
  const at = fromNumber(toNumber(shard.startingHashKey) + 1n + (place % (size - 1n)));
  return { type: "split", shard: shard.number, at };
}

const choices = fc.array(
  fc.tuple(
    fc.nat(1000),
    fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
    fc.boolean(),
    fc.integer({ min: -5000, max: 5000 }),
  ),
  { maxLength: 60 },
);

describe("reshard", () => {
  it("always covers the hash key space once, whatever is split and merged", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), choices, (count, list) => {
        let state = initial(count);
        expectCovered(state.shards);
        for (const [choice, place, merges] of list) {
          const next = step(state.shards, choice, place, merges);
          if (!next) continue;
          state = reshard(state.shards, [next], state.nextShardNumber, NOW);
          expectCovered(state.shards);
        }
        expect(new Set(state.shards.map(({ number }) => number)).size).toBe(state.nextShardNumber);
      }),
    );
  });

  it("gives children later sequence numbers than their parents, also when the clock steps backwards", () => {
    fc.assert(
      fc.property(choices, (list) => {
        let state = initial(3);
        let now = NOW;
        for (const [choice, place, merges, stepMs] of list) {
          now += stepMs;
          const next = step(state.shards, choice, place, merges);
          if (next) state = reshard(state.shards, [next], state.nextShardNumber, now);
        }
        const byNumber = new Map(state.shards.map((shard) => [shard.number, shard]));
        for (const shard of state.shards) {
          for (const parent of [shard.parent, shard.adjacentParent]) {
            if (parent === undefined) continue;
            const ending = endingSequenceNumber(byNumber.get(parent) as Shard, NOW + 10 ** 9);
            expect(BigInt(startingSequenceNumber(shard))).toBeGreaterThan(BigInt(ending));
          }
        }
      }),
    );
  });

  it("routes every hash key to the open shard that holds it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (count, value) => {
        const open = openShards(initial(count).shards);
        const hashKey = fromNumber(value);
        const shard = open[rangeIndex(open, hashKey)] as Shard;
        expect(shard.startingHashKey <= hashKey && hashKey <= shard.endingHashKey).toBe(true);
      }),
    );
  });

  it("refuses a step on a shard that is closed", () => {
    const { shards, nextShardNumber } = initial(1);
    const split: ReshardStep = { type: "split", shard: 0, at: fromNumber(5n) };
    expect(() => reshard(shards, [split, split], nextShardNumber, NOW)).toThrow("Shard 0 is not open");
  });
});

describe("scaleUniformly", () => {
  it("ends with the target's equal ranges from any open shards", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), choices, fc.integer({ min: 1, max: 30 }), (count, list, target) => {
        let state = initial(count);
        for (const [choice, place, merges] of list.slice(0, 10)) {
          const next = step(state.shards, choice, place, merges);
          if (next) state = reshard(state.shards, [next], state.nextShardNumber, NOW);
        }
        const steps = scaleUniformly(openShards(state.shards), target, state.nextShardNumber);
        state = reshard(state.shards, steps, state.nextShardNumber, NOW);
        const ranges = (shards: readonly Shard[]) =>
          openShards(shards).map(({ startingHashKey, endingHashKey }) => [startingHashKey, endingHashKey]);
        expect(ranges(state.shards)).toEqual(ranges(initial(target).shards));
      }),
    );
  });

  it("splits each shard once to double and merges each pair once to halve", () => {
    const two = initial(2);
    const doubling = scaleUniformly(openShards(two.shards), 4, 2);
    expect(doubling.map(({ type }) => type)).toEqual(["split", "split"]);
    const four = reshard(two.shards, doubling, 2, NOW);
    expect(four.shards.filter((shard) => !isOpen(shard)).map(({ number }) => number)).toEqual([0, 1]);
    const halving = scaleUniformly(openShards(four.shards), 2, four.nextShardNumber);
    expect(halving.map(({ type }) => type)).toEqual(["merge", "merge"]);
  });

  it("does nothing when the shards are as wanted", () => {
    expect(scaleUniformly(openShards(initial(7).shards), 7, 7)).toEqual([]);
  });
});

describe("before and after", () => {
  it("are each other's inverse, with 32 digits", () => {
    expect(after(before("1".padStart(32, "0")))).toBe("1".padStart(32, "0"));
    expect(before("1".padEnd(32, "0"))).toBe(`0${"f".repeat(31)}`);
  });
});
