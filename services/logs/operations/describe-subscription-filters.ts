import type { Operation } from "../index.ts";
import { page } from "../page.ts";

/**
 * Describes the subscription filters of a group by the beginning of their names, in pages.
 * @throws ResourceNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeSubscriptionFilters.html
 */
export const describeSubscriptionFilters: Operation<"DescribeSubscriptionFilters"> = (ctx, input) => {
  const { logGroupName, filterNamePrefix = "" } = input;
  const { id } = ctx.store.group(logGroupName);
  const found = ctx.store.subscriptionFilters.of(id).filter(({ name }) => name.startsWith(filterNamePrefix));
  const { items, nextToken } = page(found, ({ name }) => name, input.limit ?? 50, input.nextToken);
  return {
    subscriptionFilters: items.map((filter) => ({
      filterName: filter.name,
      logGroupName,
      filterPattern: filter.pattern,
      destinationArn: filter.destinationArn,
      roleArn: filter.roleArn,
      distribution: filter.distribution,
      creationTime: filter.createdAt,
      applyOnTransformedLogs: false,
    })),
    ...(nextToken !== undefined && { nextToken }),
  };
};
