import { unsupported } from "../../../emulator/model/errors.ts";
import { recordMetrics } from "../derived-metrics.ts";
import { invalidParameter } from "../errors.ts";
import { OLDEST_MS } from "../model.ts";
import { groupArn } from "../names.ts";
import { eventBytes } from "../store.ts";
import { keepDeliveries } from "../subscriptions.ts";
import type { Operation } from "../index.ts";

const HOUR_MS = 3600 * 1000;
const NEWEST_MS = 2 * HOUR_MS;
const LONGEST_SPAN_MS = 24 * HOUR_MS;
const BATCH_LIMIT_BYTES = 1_048_576;

function checkBatch(events: readonly { timestamp: number; message: string }[]): void {
  const bytes = events.reduce((sum, { message }) => sum + eventBytes(message), 0);
  if (bytes > BATCH_LIMIT_BYTES) {
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${BATCH_LIMIT_BYTES}`);
  }
  for (const [index, event] of events.entries()) {
    if (event.timestamp < (events[index - 1]?.timestamp ?? 0)) {
      throw invalidParameter("Log events in a single PutLogEvents request must be in chronological order.");
    }
  }
  if ((events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0) > LONGEST_SPAN_MS) {
    throw invalidParameter("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }
}

/**
 * Appends events to a stream. Events that are too old, too new or past the retention are named in the answer, not kept.
 * @throws ResourceNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
export const putLogEvents: Operation<"PutLogEvents"> = (ctx, input) => {
  const { logGroupName, logStreamName, logEvents } = input;
  if (input.entity !== undefined) throw unsupported("entity of PutLogEvents");
  const group = ctx.store.group(logGroupName);
  let stream = ctx.store.streamOf(group, logStreamName);
  checkBatch(logEvents);
  const now = ctx.clock.now();
  const horizon = ctx.store.horizon(group);
  const expired = logEvents.filter((event) => event.timestamp < horizon).length;
  const tooOld = logEvents.filter((event) => event.timestamp < now - OLDEST_MS).length;
  const firstTooNew = logEvents.findIndex((event) => event.timestamp > now + NEWEST_MS);
  const kept = logEvents.slice(Math.max(expired, tooOld), firstTooNew < 0 ? undefined : firstTooNew);
  if (kept.length > 0) {
    const before = stream;
    const isSubscribed = ctx.store.write(() => {
      stream = ctx.store.append(group, before, kept);
      return keepDeliveries(ctx, group, before, kept);
    });
    if (isSubscribed) ctx.engine.deliveries.pump();
    recordMetrics(ctx, group, kept);
    ctx.signals.notify(`logs:${groupArn(ctx, logGroupName)}`);
  }
  const rejected = {
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(expired > tooOld && { expiredLogEventEndIndex: expired }),
    ...(firstTooNew >= 0 && { tooNewLogEventStartIndex: firstTooNew }),
  };
  const nextSequenceToken = String(stream.nextNumber).padStart(56, "4");
  return { nextSequenceToken, ...(Object.keys(rejected).length > 0 && { rejectedLogEventsInfo: rejected }) };
};
