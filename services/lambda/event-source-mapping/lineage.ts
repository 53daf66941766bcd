import type { Position, StartingPosition } from "./model.ts";

/** A shard as ListShards describes it. */
export interface ListedShard {
  readonly shardId: string;
  /** Of a split one, of a merge two; they may be gone from the list once their records have expired. */
  readonly parents: readonly string[];
  readonly isClosed: boolean;
}

/**
 * The positions of a mapping that starts: what was closed before LATEST is not read at all; for the other two the whole
 * list is read, parents first.
 */
export function firstPositions(
  shards: readonly ListedShard[],
  start: StartingPosition,
  timestampMs: number,
  nowMs: number,
): Map<string, Position> {
  const position = (shard: ListedShard): Position => {
    if (start === "TRIM_HORIZON") return { kind: "horizon" };
    if (start === "AT_TIMESTAMP") return { kind: "timestamp", atMs: timestampMs };
    return shard.isClosed ? { kind: "finished" } : { kind: "latest", atMs: nowMs };
  };
  return new Map(shards.map((shard) => [shard.shardId, position(shard)]));
}

/**
 * Where to read a shard that a reshard made after the mapping had started: from its first record. With AT_TIMESTAMP from
 * the timestamp on, which may still lie ahead of its first records.
 */
export const childPosition = (start: StartingPosition, timestampMs: number): Position =>
  start === "AT_TIMESTAMP" ? { kind: "timestamp", atMs: timestampMs } : { kind: "horizon" };

/** The shards that may be read now: not finished, and all parents that still exist are. */
export function readableShards(
  shards: readonly ListedShard[],
  positions: ReadonlyMap<string, Position>,
): readonly string[] {
  const unfinished = new Set(
    shards.filter(({ shardId }) => positions.get(shardId)?.kind !== "finished").map(({ shardId }) => shardId),
  );
  return shards
    .filter(({ shardId, parents }) => unfinished.has(shardId) && !parents.some((parent) => unfinished.has(parent)))
    .map(({ shardId }) => shardId);
}
