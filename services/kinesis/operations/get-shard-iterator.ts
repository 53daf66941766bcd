import { readsExceeded } from "../capacity/errors.ts";
import { dryRun, shardDoesNotExist, shardNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { sealIterator } from "../iterator.ts";
import { findShard, streamName } from "../resolve.ts";
import { shardId, shardNumber } from "../shard-id.ts";
import { positionAt } from "../starting-position.ts";

/**
 * A place in a shard to read from, as an opaque token that is good for five minutes.
 * @throws ResourceNotFoundException, InvalidArgumentException, DryRunOperationException,
 *   ProvisionedThroughputExceededException for more than five calls a second and shard
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
 */
export const getShardIterator: Operation<"GetShardIterator"> = (ctx, input) => {
  const name = streamName(ctx, input);
  const number = shardNumber(input.ShardId);
  if (number === undefined) throw shardNotFound(input.ShardId, name, ctx.account);
  const live = ctx.store.find(name);
  const shard = live && findShard(ctx, live, number);
  if (!live || !shard) throw shardDoesNotExist(number, name, ctx.account);
  const at = positionAt(ctx, live, shard, {
    operation: "GetShardIterator",
    type: input.ShardIteratorType,
    sequenceNumber: input.StartingSequenceNumber,
    timestamp: input.Timestamp,
  });
  if (input.DryRun) throw dryRun();
  if (ctx.store.limited && ctx.request && !live.throughput.of(shard).mayGetIterator(ctx.clock.now())) {
    throw readsExceeded(shardId(number), name, ctx.account);
  }
  return { ShardIterator: sealIterator(ctx, live, shard, at) };
};
