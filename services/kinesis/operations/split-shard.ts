import { onDemandStream, shardClosed, shardNotFound, splitPointOutside } from "../errors.ts";
import { fromDecimal, toDecimal, toNumber } from "../hash-key.ts";
import type { Operation } from "../index.ts";
import { requireShards } from "../limits.ts";
import { isOpen } from "../model.ts";
import { findStream, requireActive } from "../resolve.ts";
import { shardNumber } from "../shard-id.ts";

/**
 * Splits an open shard in two at a hash key. The stream is UPDATING until it is done.
 * @throws ResourceNotFoundException, ResourceInUseException, InvalidArgumentException, LimitExceededException,
 *   ValidationException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SplitShard.html
 */
export const splitShard: Operation<"SplitShard"> = (ctx, input) => {
  const live = findStream(ctx, input);
  const { name, mode } = live.stream;
  if (mode === "ON_DEMAND") throw onDemandStream(name, ctx.account);
  const number = shardNumber(input.ShardToSplit);
  const shard = live.shards.find((candidate) => candidate.number === number);
  if (!shard) {
    // before its first shards are there, a stream is not ACTIVE: that is the error to give
    if (live.stream.transition) requireActive(ctx, live);
    throw shardNotFound(input.ShardToSplit, name, ctx.account);
  }
  requireActive(ctx, live);
  if (!isOpen(shard)) throw shardClosed(shard.number, name, ctx.account);
  const at = fromDecimal(input.NewStartingHashKey);
  const isInside = at !== undefined && toNumber(at) > toNumber(shard.startingHashKey) + 1n && at < shard.endingHashKey;
  if (!isInside) {
    throw splitPointOutside(input.NewStartingHashKey, shard.number, name, ctx.account, {
      start: toDecimal(shard.startingHashKey),
      end: toDecimal(shard.endingHashKey),
    });
  }
  requireShards(ctx, 1);
  ctx.store.begin(live, { type: "reshard", steps: [{ type: "split", shard: shard.number, at }] });
  return {};
};
