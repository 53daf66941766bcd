import { filterNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Deletes a subscription filter; what it has taken up already is still delivered.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteSubscriptionFilter.html
 */
export const deleteSubscriptionFilter: Operation<"DeleteSubscriptionFilter"> = (ctx, input) => {
  const { id } = ctx.store.group(input.logGroupName);
  if (!ctx.store.subscriptionFilters.remove(id, input.filterName)) throw filterNotFound();
  return {};
};
