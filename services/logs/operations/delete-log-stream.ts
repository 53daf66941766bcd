import type { Operation } from "../index.ts";

/**
 * Deletes a log stream with its events.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogStream.html
 */
export const deleteLogStream: Operation<"DeleteLogStream"> = (ctx, input) => {
  ctx.store.removeStream(input.logGroupName, input.logStreamName);
  return {};
};
