import type { Operation } from "../index.ts";
import { describeSubscription } from "../subscription-attributes.ts";

/**
 * Answers the attributes of a subscription.
 * @throws InvalidParameter, NotFound
 * @see https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html
 */
export const getSubscriptionAttributes: Operation<"GetSubscriptionAttributes"> = (ctx, input) => {
  const subscription = ctx.store.subscription(input.SubscriptionArn);
  return { Attributes: describeSubscription(subscription, ctx.store.findTopic(subscription.topicArn)) };
};
