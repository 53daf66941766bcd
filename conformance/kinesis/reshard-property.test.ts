import {
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
  UpdateShardCountCommand,
  type Shard,
  type ShardFilter,
} from "@aws-sdk/client-kinesis";
import fc from "fast-check";
import { isOpen, iterator, read, shardsOf, text, useKinesis } from "./support.ts";

const on = useKinesis();
const { kinesis } = on;

const SPACE = 1n << 128n;

/** Printed by fast-check with a failing case; set FUZZ_SEED to run the same again, FUZZ_RUNS for more. */
const SEED = Number(process.env["FUZZ_SEED"] ?? 20260321);
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 12);

type Step =
  | { readonly type: "split"; readonly shard: number; readonly at: bigint }
  | { readonly type: "merge"; readonly shard: number }
  | { readonly type: "scale"; readonly by: number }
  | { readonly type: "put"; readonly keys: readonly number[] }
  | { readonly type: "wait"; readonly ms: number };

const steps = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant("split" as const),
      shard: fc.nat(99),
      at: fc.bigInt({ min: 0n, max: SPACE - 1n }),
    }),
    fc.record({ type: fc.constant("merge" as const), shard: fc.nat(99) }),
    fc.record({ type: fc.constant("scale" as const), by: fc.nat(99) }),
    fc.record({ type: fc.constant("put" as const), keys: fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }) }),
    fc.record({ type: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 5_000 }) }),
  ),
  { minLength: 1, maxLength: 12 },
);

const start = ({ HashKeyRange: range }: Shard): bigint => BigInt(range?.StartingHashKey ?? -1);
const end = ({ HashKeyRange: range }: Shard): bigint => BigInt(range?.EndingHashKey ?? -1);
const byRange = (shards: readonly Shard[]): Shard[] => shards.filter(isOpen).toSorted(rising);

/** What was put, by partition key, in order. */
type Puts = Map<string, string[]>;

async function take(StreamName: string, step: Step, puts: Puts): Promise<void> {
  const open = byRange(await shardsOf(kinesis, StreamName));
  switch (step.type) {
    case "split": {
      const shard = open[step.shard % open.length] as Shard;
      const size = end(shard) - start(shard);
      // AWS wants the split point to be more than one behind the start, and before the end
      if (size < 4n) return;
      const NewStartingHashKey = (start(shard) + 2n + (step.at % (size - 2n))).toString();
      await kinesis.send(new SplitShardCommand({ StreamName, ShardToSplit: shard.ShardId, NewStartingHashKey }));
      return on.settle();
    }
    case "merge": {
      if (open.length < 2) return;
      const index = step.shard % (open.length - 1);
      const [shard, adjacent] = [open[index], open[index + 1]];
      const names = { ShardToMerge: shard?.ShardId, AdjacentShardToMerge: adjacent?.ShardId };
      await kinesis.send(new MergeShardsCommand({ StreamName, ...names }));
      return on.settle();
    }
    case "scale": {
      const [least, most] = [Math.ceil(open.length / 2), Math.min(open.length * 2, 12)];
      const TargetShardCount = least + (step.by % Math.max(1, most - least + 1));
      await kinesis.send(new UpdateShardCountCommand({ StreamName, TargetShardCount, ScalingType: "UNIFORM_SCALING" }));
      await on.settle();
      const shards = byRange(await shardsOf(kinesis, StreamName));
      const size = SPACE / BigInt(TargetShardCount);
      expect(shards.map(start)).toEqual(Array.from({ length: TargetShardCount }, (_, index) => size * BigInt(index)));
      return;
    }
    case "put": {
      const Records = step.keys.map((key) => {
        const PartitionKey = `key-${key}`;
        const known = puts.get(PartitionKey) ?? [];
        puts.set(PartitionKey, [...known, `${PartitionKey}/${known.length}`]);
        return { PartitionKey, Data: Buffer.from(`${PartitionKey}/${known.length}`) };
      });
      expect((await kinesis.send(new PutRecordsCommand({ StreamName, Records }))).FailedRecordCount).toBe(0);
      return;
    }
    case "wait":
      return on.target.clock.advance(step.ms);
  }
}

/** Shards cover the hash key space without a gap or an overlap. */
function expectCover(shards: readonly Shard[]): void {
  const inOrder = shards.toSorted(rising);
  expect(start(inOrder[0] as Shard)).toBe(0n);
  expect(end(inOrder.at(-1) as Shard)).toBe(SPACE - 1n);
  for (const [index, shard] of inOrder.slice(1).entries()) {
    expect(start(shard)).toBe(end(inOrder[index] as Shard) + 1n);
  }
}

/** So do the open ones, and those of any time. */
async function expectCovered(StreamName: string, times: readonly number[]): Promise<void> {
  const filtered = async (ShardFilter: ShardFilter) => {
    const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName, ShardFilter }));
    expectCover(Shards);
    return Shards;
  };
  expect(await filtered({ Type: "AT_LATEST" })).toEqual((await shardsOf(kinesis, StreamName)).filter(isOpen));
  await filtered({ Type: "AT_TRIM_HORIZON" });
  for (const time of times) await filtered({ Type: "AT_TIMESTAMP", Timestamp: new Date(time) });
}

/** What the parents of each shard had is what it and its siblings have; and it begins behind their ends. */
function expectLineage(shards: readonly Shard[]): void {
  const byId = new Map(shards.map((shard) => [shard.ShardId, shard]));
  for (const child of shards) {
    const parents = parentsOf(child).map((id) => byId.get(id));
    for (const parent of parents) {
      expect(parent && !isOpen(parent)).toBe(true);
      const ending = parent?.SequenceNumberRange?.EndingSequenceNumber ?? "";
      expect(BigInt(child.SequenceNumberRange?.StartingSequenceNumber ?? 0)).toBeGreaterThan(BigInt(ending));
    }
    const [parent, adjacent] = parents as [Shard | undefined, Shard | undefined];
    if (parent && adjacent) {
      expect([start(child), end(child)]).toEqual([start(parent), end(adjacent)]);
      expect(start(adjacent)).toBe(end(parent) + 1n);
    } else if (parent) {
      const siblings = shards.filter((shard) => shard.ParentShardId === parent.ShardId).toSorted(rising);
      expect(siblings).toHaveLength(2);
      const [low, high] = siblings as [Shard, Shard];
      expect([start(low), end(high)]).toEqual([start(parent), end(parent)]);
      expect(start(high)).toBe(end(low) + 1n);
    }
  }
}

const rising = (a: Shard, b: Shard): number => (start(a) < start(b) ? -1 : 1);
const parentsOf = ({ ParentShardId, AdjacentParentShardId }: Shard): string[] =>
  [ParentShardId, AdjacentParentShardId].filter((id) => id !== undefined);

/** Reads a shard to its end: a closed one has no next iterator there and names its children, an open one goes on. */
async function readToEnd(stream: string, shard: Shard, shards: readonly Shard[]) {
  const records: { readonly number: bigint; readonly key: string; readonly data: string }[] = [];
  let at = await iterator(kinesis, stream, "TRIM_HORIZON", shard.ShardId);
  for (;;) {
    const answer = await read(kinesis, at, 7);
    for (const { SequenceNumber = "", PartitionKey = "", Data } of answer.Records ?? []) {
      records.push({ number: BigInt(SequenceNumber), key: PartitionKey, data: text(Data) });
    }
    const next = answer.NextShardIterator;
    const children = shards.filter((child) => parentsOf(child).includes(shard.ShardId as string));
    if (next === undefined) {
      expect(isOpen(shard)).toBe(false);
      expect(answer.MillisBehindLatest).toBe(0);
      expect(answer.ChildShards).toEqual(
        children.map((child) => ({
          ...{ ShardId: child.ShardId, ParentShards: parentsOf(child), HashKeyRange: child.HashKeyRange },
        })),
      );
      return records;
    }
    expect(answer.ChildShards).toBeUndefined();
    if (isOpen(shard) && answer.Records?.length === 0) return records;
    at = next;
  }
}

describe("any splits, merges and scalings", () => {
  it("leave every record to be read exactly once, parents before their children, and the hash keys covered", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), steps, async (count, list) => {
        const name = await on.stream(count);
        const puts: Puts = new Map();
        let scalings = 0;
        const times: number[] = [];
        for (const step of list) {
          // of a change and of what comes right before and after it
          const now = on.target.clock.now();
          times.push(now - 1, now, now + 1);
          // more than ten a day are refused
          if (step.type === "scale" && ++scalings > 10) continue;
          await take(name, step, puts);
          await expectCovered(name, times.slice(-6));
        }
        await expectCovered(name, times);
        const shards = await shardsOf(kinesis, name);
        expectLineage(shards);
        const seen: Puts = new Map();
        // ids rise from parents to children
        for (const shard of shards) {
          const records = await readToEnd(name, shard, shards);
          expect(records.map(({ number }) => number)).toEqual(
            records.map(({ number }) => number).toSorted((a, b) => (a < b ? -1 : 1)),
          );
          for (const { key, data } of records) seen.set(key, [...(seen.get(key) ?? []), data]);
        }
        expect(seen).toEqual(puts);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
});
