import type { Operation } from "../index.ts";
import { page } from "../page.ts";

/**
 * Lists the topics of the account and region, 100 a page.
 * @throws InvalidParameter
 * @see https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html
 */
export const listTopics: Operation<"ListTopics"> = (ctx, input) => {
  const { items, ...rest } = page(ctx.store.topics(), ({ arn }) => arn, input.NextToken);
  return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), ...rest };
};
