import { tooManyModeChanges } from "../errors.ts";
import type { Operation } from "../index.ts";
import { lastDay, requireOnDemandStream, requireShards } from "../limits.ts";
import { dayOf } from "../capacity/on-demand.ts";
import type { StreamMode } from "../model.ts";
import { activeStream } from "../resolve.ts";
import { scaleUniformly } from "../reshard.ts";
import { requireWarmThroughput } from "../capacity/warm-throughput.ts";

const CHANGES_PER_DAY = 2;

/**
 * Switches between PROVISIONED and ON_DEMAND; the shards stay as they are, but for a warm throughput that needs more. The stream is
 * UPDATING until it is done.
 * @throws ResourceNotFoundException, ResourceInUseException, LimitExceededException, ValidationException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html
 */
export const updateStreamMode: Operation<"UpdateStreamMode"> = (ctx, input) => {
  const live = activeStream(ctx, input);
  const { stream, open } = live;
  const mode = input.StreamModeDetails.StreamMode;
  const warmThroughputMiBps = input.WarmThroughputMiBps;
  requireWarmThroughput(ctx, mode, warmThroughputMiBps);
  if (mode === stream.mode && warmThroughputMiBps === undefined) return {};
  if (mode !== stream.mode) requireRoom(ctx, mode, open.length);
  const now = ctx.clock.now();
  const modeChanges = lastDay(stream.modeChanges, now);
  if (modeChanges.length >= CHANGES_PER_DAY) throw tooManyModeChanges(stream.name, ctx.account);
  const shards = Math.max(open.length, warmThroughputMiBps ?? 0);
  const steps = shards > open.length ? scaleUniformly(open, shards, stream.nextShardNumber) : [];
  ctx.store.begin(
    live,
    { type: "change-mode", mode, steps },
    {
      modeChanges: [...modeChanges, now],
      warmThroughputMiBps: mode === "ON_DEMAND" ? warmThroughputMiBps : undefined,
      // an on-demand stream keeps the shards that it had, as if it had needed them on this day
      needs: mode === "ON_DEMAND" ? [{ day: dayOf(now), shards }] : undefined,
    },
  );
  return {};
};

/** @throws LimitExceededException when the account may have no further stream of the mode */
function requireRoom(ctx: Parameters<typeof updateStreamMode>[0], mode: StreamMode, shards: number): void {
  if (mode === "ON_DEMAND") requireOnDemandStream(ctx);
  else requireShards(ctx, shards);
}
