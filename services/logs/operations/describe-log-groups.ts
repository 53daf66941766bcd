import { unsupported } from "../../../emulator/model/errors.ts";
import { invalidParameter } from "../errors.ts";
import { groupArn, nameOfArn } from "../names.ts";
import { page } from "../page.ts";
import type { Operation } from "../index.ts";

/**
 * Lists log groups by the beginning or a part of their names, in pages.
 * @throws InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
 */
export const describeLogGroups: Operation<"DescribeLogGroups"> = (ctx, input) => {
  if (input.logGroupNamePrefix !== undefined && input.logGroupNamePattern !== undefined) {
    throw invalidParameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  }
  if (input.includeLinkedAccounts === true || input.accountIdentifiers !== undefined) {
    throw unsupported("Log groups of linked accounts");
  }
  if (input.logGroupClass !== undefined && input.logGroupClass !== "STANDARD") return { logGroups: [] };
  const pattern = input.logGroupNamePattern?.toLowerCase() ?? "";
  const groups = ctx.store
    .groups()
    .filter((group) => group.name.startsWith(input.logGroupNamePrefix ?? ""))
    .filter((group) => group.name.toLowerCase().includes(pattern))
    .filter((group) => input.logGroupIdentifiers?.map(nameOfArn).includes(group.name) ?? true);
  const { items, nextToken } = page(groups, (group) => group.name, input.limit ?? 50, input.nextToken);
  return {
    logGroups: items.map((group) => ({
      logGroupName: group.name,
      creationTime: group.createdAt,
      retentionInDays: group.retentionDays,
      metricFilterCount: ctx.store.metricFilters.of(group.id).length,
      arn: `${groupArn(ctx, group.name)}:*`,
      logGroupArn: groupArn(ctx, group.name),
      storedBytes: ctx.store.streams(group.name).reduce((sum, stream) => sum + stream.storedBytes, 0),
      logGroupClass: "STANDARD" as const,
    })),
    ...(nextToken !== undefined && { nextToken }),
  };
};
