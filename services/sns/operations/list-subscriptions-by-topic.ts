import { topicOf } from "../arn.ts";
import type { Operation } from "../index.ts";
import { page } from "../page.ts";
import { listed } from "../subscription-attributes.ts";

/**
 * Lists the subscriptions to a topic, 100 a page.
 * @throws InvalidParameter, NotFound
 * @see https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
 */
export const listSubscriptionsByTopic: Operation<"ListSubscriptionsByTopic"> = (ctx, input) => {
  const topic = ctx.store.topic(topicOf(ctx, input.TopicArn));
  const { items, ...rest } = page(ctx.store.subscriptionsOf(topic.arn), ({ arn }) => arn, input.NextToken);
  return { Subscriptions: items.map(listed), ...rest };
};
