import { unsupported } from "../../../emulator/model/errors.ts";
import { invalidParameter } from "../errors.ts";
import { eventId, type EventSource, filterPage, mergeByTime, MOST_EVENTS, readFilterToken } from "../event-pages.ts";
import { parseFilterPattern } from "../filter-pattern.ts";
import { groupName } from "../names.ts";
import type { Operation } from "../index.ts";

/**
 * Reads the events of a group that match a pattern, over all or some of its streams, in order of time and in pages.
 * @throws ResourceNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export const filterLogEvents: Operation<"FilterLogEvents"> = (ctx, input) => {
  if (input.unmask === true) throw unsupported("unmask of FilterLogEvents");
  if (input.logStreamNames && input.logStreamNamePrefix !== undefined) {
    throw invalidParameter("logStreamNames and logStreamNamePrefix are mutually exclusive parameters.");
  }
  const name = groupName(input.logGroupName, input.logGroupIdentifier);
  const prefix = input.logStreamNamePrefix ?? "";
  const { matches } = parseFilterPattern(input.filterPattern ?? "");
  const group = ctx.store.group(name);
  for (const stream of input.logStreamNames ?? []) ctx.store.streamOf(group, stream);
  const after = input.nextToken === undefined ? undefined : readFilterToken(input.nextToken);
  const startTime = Math.max(input.startTime ?? 0, after?.timestamp ?? 0);
  // endTime of this operation is inclusive
  const endTime = input.endTime === undefined ? Number.MAX_SAFE_INTEGER : input.endTime + 1;
  const sources = ctx.store.streams(name).flatMap((stream): EventSource[] => {
    const { firstEventAt: firstAt = endTime, lastEventAt = 0 } = stream;
    const isAsked = input.logStreamNames?.includes(stream.name) ?? stream.name.startsWith(prefix);
    if (!isAsked || firstAt >= endTime || lastEventAt < startTime) return [];
    return [{ firstAt, read: () => ctx.store.events(group, stream.name, { startTime, endTime }) }];
  });
  const { events, nextToken } = filterPage(mergeByTime(sources), matches, after, input.limit ?? MOST_EVENTS);
  return {
    events: events.map((event) => ({
      logStreamName: event.stream,
      timestamp: event.timestamp,
      message: event.message,
      ingestionTime: event.ingestedAt,
      eventId: eventId(event),
    })),
    searchedLogStreams: [],
    ...(nextToken !== undefined && { nextToken }),
  };
};
