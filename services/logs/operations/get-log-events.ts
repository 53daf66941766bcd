import { unsupported } from "../../../emulator/model/errors.ts";
import { groupName } from "../names.ts";
import { OLDEST_MS } from "../model.ts";
import { MOST_EVENTS, readToken, takePage, writeToken } from "../event-pages.ts";
import type { Operation } from "../index.ts";

/**
 * Reads one stream forwards or backwards in pages. At its end the token that was given comes back.
 * @throws ResourceNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
export const getLogEvents: Operation<"GetLogEvents"> = (ctx, input) => {
  if (input.unmask === true) throw unsupported("unmask of GetLogEvents");
  const name = groupName(input.logGroupName, input.logGroupIdentifier);
  const group = ctx.store.group(name);
  ctx.store.streamOf(group, input.logStreamName);
  const token = input.nextToken === undefined ? undefined : readToken(input.nextToken);
  const reverse = token ? token.direction === "b" : input.startFromHead !== true;
  const found = ctx.store.events(group, input.logStreamName, {
    ...(input.startTime !== undefined && { startTime: input.startTime }),
    ...(input.endTime !== undefined && { endTime: input.endTime }),
    ...(token && { beyond: token.position }),
    reverse,
  });
  const events = takePage(found, input.limit ?? MOST_EVENTS);
  if (reverse) events.reverse();
  const first = events[0];
  const last = events.at(-1);
  // of nothing: before anything that may come
  const oldest = Math.max(input.startTime ?? 0, ctx.clock.now() - OLDEST_MS);
  const fallback = token?.position ?? { timestamp: oldest - 1, number: 0 };
  return {
    events: events.map((event) => ({
      timestamp: event.timestamp,
      message: event.message,
      ingestionTime: event.ingestedAt,
    })),
    nextForwardToken: writeToken("f", last ?? fallback),
    nextBackwardToken: writeToken("b", first ?? fallback),
  };
};
