import { retentionNotLonger } from "../errors.ts";
import type { Operation } from "../index.ts";
import { activeStream } from "../resolve.ts";
import { requireRetention, setRetention } from "../retention.ts";

/**
 * Keeps records longer, up to 8,760 hours. What has expired already does not come back.
 * @throws ResourceNotFoundException, ResourceInUseException, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html
 */
export const increaseStreamRetentionPeriod: Operation<"IncreaseStreamRetentionPeriod"> = (ctx, input) => {
  const hours = input.RetentionPeriodHours;
  requireRetention(hours);
  const live = activeStream(ctx, input);
  const { name, retentionHours } = live.stream;
  if (hours < retentionHours) throw retentionNotLonger(name, hours, retentionHours);
  setRetention(ctx, live, hours);
  return {};
};
