import { notAdjacent, onDemandStream, shardClosed, shardNotFound } from "../errors.ts";
import { toNumber } from "../hash-key.ts";
import type { Operation } from "../index.ts";
import { isOpen } from "../model.ts";
import { findStream, requireActive } from "../resolve.ts";
import { shardNumber } from "../shard-id.ts";

/**
 * Merges two open shards whose hash key ranges follow each other. The stream is UPDATING until it is done.
 * @throws ResourceNotFoundException, ResourceInUseException, InvalidArgumentException, ValidationException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_MergeShards.html
 */
export const mergeShards: Operation<"MergeShards"> = (ctx, input) => {
  const live = findStream(ctx, input);
  const { name, mode } = live.stream;
  if (mode === "ON_DEMAND") throw onDemandStream(name, ctx.account);
  if (live.shards.length === 0) requireActive(ctx, live);
  const shardById = (id: string) => {
    const number = shardNumber(id);
    const shard = live.shards.find((candidate) => candidate.number === number);
    if (!shard) throw shardNotFound(id, name, ctx.account);
    return shard;
  };
  const shard = shardById(input.ShardToMerge);
  const adjacent = shardById(input.AdjacentShardToMerge);
  requireActive(ctx, live);
  for (const { number } of [shard, adjacent].filter((candidate) => !isOpen(candidate))) {
    throw shardClosed(number, name, ctx.account);
  }
  if (toNumber(shard.endingHashKey) + 1n !== toNumber(adjacent.startingHashKey)) {
    throw notAdjacent(shard.number, adjacent.number, name, ctx.account);
  }
  ctx.store.begin(live, {
    type: "reshard",
    steps: [{ type: "merge", shard: shard.number, adjacent: adjacent.number }],
  });
  return {};
};
