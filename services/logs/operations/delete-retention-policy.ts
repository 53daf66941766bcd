import type { Operation } from "../index.ts";

/**
 * Lets the events of a group be kept for ever.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteRetentionPolicy.html
 */
export const deleteRetentionPolicy: Operation<"DeleteRetentionPolicy"> = (ctx, input) => {
  ctx.store.updateGroup(input.logGroupName, ({ retentionDays: _ended, ...group }) => group);
  return {};
};
