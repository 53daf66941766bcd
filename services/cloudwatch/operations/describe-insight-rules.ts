import type { Operation } from "../index.ts";
import { page } from "../page.ts";

const LARGEST_PAGE = 500;

/**
 * Lists the rules of Contributor Insights, in pages.
 * @throws InvalidNextToken
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeInsightRules.html
 */
export const describeInsightRules: Operation<"DescribeInsightRules"> = (ctx, input) => {
  const rules = ctx.store.contributions.rules();
  const { items, NextToken } = page(rules, ({ name }) => name, input.MaxResults ?? LARGEST_PAGE, input.NextToken);
  return {
    InsightRules: items.map(({ name, definition, isManaged, isEnabled }) => ({
      Name: name,
      State: isEnabled ? "ENABLED" : "DISABLED",
      Schema: `{"Name": "${isManaged ? "ServiceLogRule" : "CloudWatchLogRule"}", "Version": 1}`,
      Definition: definition,
      ManagedRule: isManaged,
    })),
    ...(NextToken !== undefined && { NextToken }),
  };
};
