import type { Ids } from "../../../emulator/runtime/ids.ts";
import type { Table } from "../model.ts";
import { isOpen, SHARD_LIFETIME_MS, type HashRange, type Shard, type Stream } from "./model.ts";

/** One more than the greatest hash. */
const HASHES = 2 ** 32;
const MOST_PARTITIONS = 64;
/** What a partition gives, and what an on-demand table can do at once. */
const READ_UNITS = 3000;
const WRITE_UNITS = 1000;
const ON_DEMAND_PARTITIONS = 4;

/** The state of a stream that its shards have a part in. */
export type Lineage = Pick<Stream, "shards" | "nextShardNumber" | "nextPosition">;

/** As many as the table has open shards. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.Partitions.html */
export function partitionsOf({ billingMode, throughput }: Pick<Table, "billingMode" | "throughput">): number {
  if (billingMode === "PAY_PER_REQUEST") return ON_DEMAND_PARTITIONS;
  const needed = Math.ceil(throughput.readUnits / READ_UNITS + throughput.writeUnits / WRITE_UNITS);
  return Math.min(Math.max(needed, 1), MOST_PARTITIONS);
}

/** The first shards of a stream. */
export function firstShards(partitions: number, now: number, ids: Ids): Lineage {
  const ranges = Array.from({ length: partitions }, (_, index): HashRange => ({
    from: Math.ceil((index / partitions) * HASHES),
    to: Math.ceil(((index + 1) / partitions) * HASHES),
  }));
  const none: Lineage = { shards: [], nextShardNumber: 0, nextPosition: 1 };
  return withChildren(none, [{ ranges }], now, ids);
}

/**
 * The shards after those that have had their time were closed and followed by a child each. Where there are fewer than the table
 * has partitions, the widest are split.
 * @returns the same lineage when there is nothing to do
 */
export function turnOver(lineage: Lineage, partitions: number, now: number, ids: Ids): Lineage {
  const open = lineage.shards.filter(isOpen);
  const parts = new Map(open.map((shard): [Shard, HashRange[]] => [shard, [shard.hashes]]));
  for (let count = open.length; count < partitions; count++) splitWidest(parts);
  const ending = open.filter(
    (shard) => (parts.get(shard)?.length ?? 0) > 1 || shard.openedAt + SHARD_LIFETIME_MS <= now,
  );
  if (ending.length === 0) return lineage;
  const closed = closeShards(lineage, ending, now);
  const families = ending.map((shard) => ({ parentId: shard.id, ranges: parts.get(shard) ?? [] }));
  return withChildren(closed, families, now, ids);
}

/** All of them come to their end at one position, behind all records so far. */
export function closeShards(lineage: Lineage, ending: readonly Shard[], now: number): Lineage {
  const endingPosition = lineage.nextPosition;
  const shards = lineage.shards.map((shard) =>
    ending.includes(shard) ? { ...shard, closedAt: now, endingPosition } : shard,
  );
  return { ...lineage, shards, nextPosition: endingPosition + 1 };
}

/** Shards are listed in the order of their ids, and children behind their parents: ids begin with a time that rises. */
function withChildren(
  { shards, nextShardNumber, nextPosition }: Lineage,
  families: readonly { readonly parentId?: string; readonly ranges: readonly HashRange[] }[],
  now: number,
  ids: Ids,
): Lineage {
  const openedAt = Math.max(now, ...shards.map((shard) => shard.openedAt + 1));
  const children = families
    .flatMap(({ ranges, ...parent }) => ranges.map((hashes) => ({ hashes, ...parent })))
    .map((child, index): Shard => ({
      ...child,
      number: nextShardNumber + index,
      id: shardId(openedAt, index, ids),
      openedAt,
      startingPosition: nextPosition,
    }));
  return {
    shards: [...shards, ...children],
    nextShardNumber: nextShardNumber + children.length,
    nextPosition: nextPosition + 1,
  };
}

const shardId = (openedAt: number, index: number, ids: Ids): string =>
  `shardId-${String(openedAt).padStart(20, "0")}-${index.toString(16).padStart(2, "0")}${ids.hex(6)}`;

function splitWidest(parts: Map<Shard, HashRange[]>): void {
  let widest: { readonly of: HashRange[]; readonly range: HashRange } | undefined;
  for (const of of parts.values()) {
    for (const range of of) {
      if (widest === undefined || range.to - range.from > widest.range.to - widest.range.from) widest = { of, range };
    }
  }
  if (widest === undefined) return;
  const { of, range } = widest;
  const middle = range.from + Math.ceil((range.to - range.from) / 2);
  of.splice(of.indexOf(range), 1, { from: range.from, to: middle }, { from: middle, to: range.to });
}
