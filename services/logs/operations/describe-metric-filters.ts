import { invalidParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { page } from "../page.ts";

/**
 * Describes metric filters, of one group or of all, by the beginning of their names or by the metric, in pages.
 * @throws ResourceNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeMetricFilters.html
 */
export const describeMetricFilters: Operation<"DescribeMetricFilters"> = (ctx, input) => {
  const { logGroupName, filterNamePrefix = "", metricName, metricNamespace } = input;
  if ((metricName === undefined) !== (metricNamespace === undefined)) {
    throw invalidParameter("metricName and metricNamespace must be specified together.");
  }
  if (input.filterNamePrefix !== undefined && logGroupName === undefined) {
    throw invalidParameter("filterNamePrefix needs a logGroupName.");
  }
  const groups = logGroupName === undefined ? ctx.store.groups() : [ctx.store.group(logGroupName)];
  const found = groups
    .flatMap((group) => ctx.store.metricFilters.of(group.id).map((filter) => ({ group: group.name, filter })))
    .filter(
      ({ filter }) =>
        filter.name.startsWith(filterNamePrefix) &&
        (metricName === undefined ||
          filter.transformations.some(
            (each) => each.metricName === metricName && each.metricNamespace === metricNamespace,
          )),
    );
  const place = ({ group, filter }: (typeof found)[number]) => `${group}:${filter.name}`;
  const { items, nextToken } = page(found, place, input.limit ?? 50, input.nextToken);
  return {
    metricFilters: items.map(({ group, filter }) => ({
      filterName: filter.name,
      filterPattern: filter.pattern,
      metricTransformations: filter.transformations.map((each) => ({ ...each, unit: each.unit as "None" | undefined })),
      creationTime: filter.createdAt,
      logGroupName: group,
      applyOnTransformedLogs: false,
    })),
    ...(nextToken !== undefined && { nextToken }),
  };
};
