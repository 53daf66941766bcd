import { retentionNotShorter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { activeStream } from "../resolve.ts";
import { requireRetention, setRetention } from "../retention.ts";

/**
 * Keeps records for a shorter time, 24 hours or more. Older ones can no longer be read at once.
 * @throws ResourceNotFoundException, ResourceInUseException, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DecreaseStreamRetentionPeriod.html
 */
export const decreaseStreamRetentionPeriod: Operation<"DecreaseStreamRetentionPeriod"> = (ctx, input) => {
  const hours = input.RetentionPeriodHours;
  requireRetention(hours);
  const live = activeStream(ctx, input);
  const { name, retentionHours } = live.stream;
  if (hours > retentionHours) throw retentionNotShorter(name, hours, retentionHours);
  setRetention(ctx, live, hours);
  return {};
};
