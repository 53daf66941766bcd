import type { Operation } from "../index.ts";
import { page } from "../page.ts";
import { listed } from "../subscription-attributes.ts";

/**
 * Lists the subscriptions to the topics of the account and region, 100 a page.
 * @throws InvalidParameter
 * @see https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptions.html
 */
export const listSubscriptions: Operation<"ListSubscriptions"> = (ctx, input) => {
  const { items, ...rest } = page(ctx.store.subscriptions(), ({ arn }) => arn, input.NextToken);
  return { Subscriptions: items.map(listed), ...rest };
};
