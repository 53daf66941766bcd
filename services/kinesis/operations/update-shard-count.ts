import { onDemandStream, scalesBelowHalf, scalesOverDouble, scalesOverLimit, tooManyScalings } from "../errors.ts";
import type { Operation } from "../index.ts";
import { lastDay, requireShards, shardLimit, SHARDS_PER_STREAM_LIMIT } from "../limits.ts";
import { activeStream } from "../resolve.ts";
import { scaleUniformly } from "../reshard.ts";

const SCALINGS_PER_DAY = 10;

/**
 * Splits and merges until the stream has so many shards of equal size. The stream is UPDATING until it is done.
 * @throws ResourceNotFoundException, ResourceInUseException, LimitExceededException, ValidationException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
 */
export const updateShardCount: Operation<"UpdateShardCount"> = (ctx, input) => {
  const live = activeStream(ctx, input);
  const { stream, open } = live;
  if (stream.mode === "ON_DEMAND") throw onDemandStream(stream.name, ctx.account);
  const target = input.TargetShardCount;
  const limit = Math.min(shardLimit(ctx.region), SHARDS_PER_STREAM_LIMIT);
  if (target > limit) throw scalesOverLimit(limit, open.length, target);
  if (target > open.length * 2) throw scalesOverDouble(open.length, target);
  if (target < open.length / 2) throw scalesBelowHalf(open.length, target);
  requireShards(ctx, target - open.length);
  const scalings = lastDay(stream.scalings, ctx.clock.now());
  if (scalings.length >= SCALINGS_PER_DAY) throw tooManyScalings(stream.name, ctx.account, SCALINGS_PER_DAY);

  const steps = scaleUniformly(open, target, stream.nextShardNumber);
  ctx.store.begin(live, { type: "reshard", steps }, { scalings: [...scalings, ctx.clock.now()] });
  return {
    StreamName: stream.name,
    CurrentShardCount: open.length,
    TargetShardCount: target,
    StreamARN: ctx.store.arn(stream.name),
  };
};
