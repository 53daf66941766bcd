import type { Call } from "../../../emulator/model/context.ts";
import { firstPositions, type ListedShard } from "./lineage.ts";
import type { Mapping, Position } from "./model.ts";

export interface StreamDescription {
  /** Epoch milliseconds. A stream that was deleted and made again has another one. */
  readonly createdAt: number;
  readonly retentionMs: number;
}

export interface Start {
  readonly streamCreatedAt: number;
  readonly positions: ReadonlyMap<string, Position>;
  /** Iterators taken at LATEST, by shard: only they tell old records from new ones of the same millisecond. */
  readonly iterators: ReadonlyMap<string, string>;
}

const HOUR_MS = 3_600_000;

/** @throws AwsError ResourceNotFoundException */
export async function describeStream(call: Call, streamArn: string): Promise<StreamDescription> {
  const { StreamDescriptionSummary: summary } = await call("kinesis", "DescribeStreamSummary", {
    StreamARN: streamArn,
  });
  return {
    createdAt: summary?.StreamCreationTimestamp?.getTime() ?? 0,
    retentionMs: (summary?.RetentionPeriodHours ?? 24) * HOUR_MS,
  };
}

/** Open shards, and closed ones whose records have not all expired. */
export async function listShards(call: Call, streamArn: string): Promise<ListedShard[]> {
  const shards: ListedShard[] = [];
  let nextToken: string | undefined;
  do {
    const page = await call(
      "kinesis",
      "ListShards",
      nextToken === undefined ? { StreamARN: streamArn } : { NextToken: nextToken },
    );
    for (const shard of page.Shards ?? []) {
      const parents = [shard.ParentShardId, shard.AdjacentParentShardId].filter(
        (id) => id !== undefined && id !== null,
      );
      const isClosed = Boolean(shard.SequenceNumberRange?.EndingSequenceNumber);
      shards.push({ shardId: shard.ShardId ?? "", parents, isClosed });
    }
    nextToken = page.NextToken ?? undefined;
  } while (nextToken !== undefined);
  return shards;
}

/** Takes down where a mapping begins in each shard, so that what is put from now on is not missed. */
export async function takeStart(call: Call, mapping: Mapping, nowMs: number): Promise<Start> {
  const streamArn = mapping.eventSourceArn;
  const { createdAt } = await describeStream(call, streamArn);
  const shards = await listShards(call, streamArn);
  const { startingPosition = "TRIM_HORIZON", startingPositionTimestamp = 0 } = mapping;
  const positions = firstPositions(shards, startingPosition, startingPositionTimestamp, nowMs);
  const iterators = new Map<string, string>();
  for (const [shardId, { kind }] of positions) {
    if (kind !== "latest") continue;
    const { ShardIterator } = await call("kinesis", "GetShardIterator", {
      StreamARN: streamArn,
      ShardId: shardId,
      ShardIteratorType: "LATEST",
    });
    if (ShardIterator !== undefined) iterators.set(shardId, ShardIterator);
  }
  return { streamCreatedAt: createdAt, positions, iterators };
}
