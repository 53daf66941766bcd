import { firstPositions } from "./lineage.ts";
import type { Mapping, Position } from "./model.ts";
import type { EventSource } from "./source.ts";

export interface Start {
  readonly streamCreatedAt: number;
  readonly positions: ReadonlyMap<string, Position>;
  /** Iterators taken at LATEST, by shard: only they tell old records from new ones of the same millisecond. */
  readonly iterators: ReadonlyMap<string, string>;
}

/** Takes down where a mapping begins in each shard, so that what is put from now on is not missed. */
export async function takeStart(
  source: EventSource,
  { startingPosition = "TRIM_HORIZON", startingPositionTimestamp = 0 }: Mapping,
  nowMs: number,
): Promise<Start> {
  const { createdAt } = await source.describe();
  const shards = await source.listShards();
  const positions = firstPositions(shards, startingPosition, startingPositionTimestamp, nowMs);
  const iterators = new Map<string, string>();
  for (const [shardId, { kind }] of positions) {
    const iterator = kind === "latest" ? await source.latestIterator(shardId) : undefined;
    if (iterator !== undefined) iterators.set(shardId, iterator);
  }
  return { streamCreatedAt: createdAt, positions, iterators };
}
