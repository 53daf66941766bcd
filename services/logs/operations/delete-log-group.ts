import type { Operation } from "../index.ts";

/**
 * Deletes a log group with all of its streams and events.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html
 */
export const deleteLogGroup: Operation<"DeleteLogGroup"> = (ctx, input) => {
  ctx.store.removeGroup(input.logGroupName);
  return {};
};
