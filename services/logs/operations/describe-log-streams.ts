import { invalidParameter } from "../errors.ts";
import { groupArn, groupName } from "../names.ts";
import { page } from "../page.ts";
import type { Operation } from "../index.ts";

/**
 * Lists the streams of a group by name or by the time of their last event, in pages.
 * @throws ResourceNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html
 */
export const describeLogStreams: Operation<"DescribeLogStreams"> = (ctx, input) => {
  const byTime = input.orderBy === "LastEventTime";
  if (byTime && input.logStreamNamePrefix !== undefined) {
    throw invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  const name = groupName(input.logGroupName, input.logGroupIdentifier);
  const streams = ctx.store.streams(name).filter((stream) => stream.name.startsWith(input.logStreamNamePrefix ?? ""));
  if (byTime) streams.sort((a, b) => (a.lastEventAt ?? 0) - (b.lastEventAt ?? 0));
  if (input.descending === true) streams.reverse();
  const { items, nextToken } = page(streams, (stream) => stream.name, input.limit ?? 50, input.nextToken);
  return {
    logStreams: items.map((stream) => ({
      logStreamName: stream.name,
      creationTime: stream.createdAt,
      firstEventTimestamp: stream.firstEventAt,
      lastEventTimestamp: stream.lastEventAt,
      lastIngestionTime: stream.lastIngestedAt,
      uploadSequenceToken: String(stream.nextNumber).padStart(56, "4"),
      arn: `${groupArn(ctx, name)}:log-stream:${stream.name}`,
      // as on AWS since 2019: the group's figure is the true one
      storedBytes: 0,
    })),
    ...(nextToken !== undefined && { nextToken }),
  };
};
