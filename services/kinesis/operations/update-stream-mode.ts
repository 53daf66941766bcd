import { unsupported } from "../../../emulator/model/errors.ts";
import { tooManyModeChanges } from "../errors.ts";
import type { Operation } from "../index.ts";
import { lastDay } from "../limits.ts";
import { activeStream } from "../resolve.ts";

const CHANGES_PER_DAY = 2;

/**
 * Switches between PROVISIONED and ON_DEMAND; the shards stay as they are. The stream is UPDATING until it is done.
 * @throws ResourceNotFoundException, ResourceInUseException, LimitExceededException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html
 */
export const updateStreamMode: Operation<"UpdateStreamMode"> = (ctx, input) => {
  if (input.WarmThroughputMiBps !== undefined) throw unsupported("WarmThroughputMiBps");
  const live = activeStream(ctx, input);
  const mode = input.StreamModeDetails.StreamMode;
  if (mode === live.stream.mode) return {};
  const modeChanges = lastDay(live.stream.modeChanges, ctx.clock.now());
  if (modeChanges.length >= CHANGES_PER_DAY) throw tooManyModeChanges(live.stream.name, ctx.account);
  ctx.store.begin(live, { type: "change-mode", mode }, { modeChanges: [...modeChanges, ctx.clock.now()] });
  return {};
};
