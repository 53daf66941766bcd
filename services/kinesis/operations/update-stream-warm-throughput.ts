import type { Operation } from "../index.ts";
import { dayOf } from "../capacity/on-demand.ts";
import { activeStream } from "../resolve.ts";
import { scaleUniformly } from "../reshard.ts";
import { requireWarmThroughput, warmShards } from "../capacity/warm-throughput.ts";

/**
 * Scales an on-demand stream to a throughput at once, up or down. The stream is UPDATING until it is done.
 * @throws ResourceNotFoundException, ResourceInUseException, InvalidArgumentException, ValidationException for provisioned streams
 *   and without a commitment of the account
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamWarmThroughput.html
 */
export const updateStreamWarmThroughput: Operation<"UpdateStreamWarmThroughput"> = (ctx, input) => {
  const live = activeStream(ctx, input);
  const { stream, open } = live;
  const target = input.WarmThroughputMiBps;
  requireWarmThroughput(ctx, stream.mode, target);
  const shards = warmShards(target);
  // what past days needed does not keep the stream large: to let go of that is what the call is for
  const needs = [{ day: dayOf(ctx.clock.now()), shards }];
  ctx.store.begin(
    live,
    { type: "reshard", steps: scaleUniformly(open, shards, stream.nextShardNumber) },
    { warmThroughputMiBps: target, needs },
  );
  return {
    StreamName: stream.name,
    StreamARN: ctx.store.arn(stream.name),
    WarmThroughput: { TargetMiBps: target, CurrentMiBps: open.length },
  };
};
