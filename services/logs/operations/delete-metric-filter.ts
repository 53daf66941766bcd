import { filterNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Deletes a metric filter; what it published stays.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteMetricFilter.html
 */
export const deleteMetricFilter: Operation<"DeleteMetricFilter"> = (ctx, input) => {
  const { id } = ctx.store.group(input.logGroupName);
  if (!ctx.store.metricFilters.remove(id, input.filterName)) throw filterNotFound();
  return {};
};
