import type { Operation } from "../index.ts";
import { checkFilterPolicyCount, readSubscriptionAttributes } from "../subscription-attributes.ts";

/**
 * Sets one attribute of a subscription; it is in force for what is published from now on.
 * @throws InvalidParameter, NotFound, FilterPolicyLimitExceeded
 * @see https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
 */
export const setSubscriptionAttributes: Operation<"SetSubscriptionAttributes"> = (ctx, input) => {
  const subscription = ctx.store.subscription(input.SubscriptionArn);
  const { AttributeName: name, AttributeValue: value = "" } = input;
  const attributes = readSubscriptionAttributes(subscription, { ...subscription.attributes, [name]: value }, [name]);
  if (attributes.FilterPolicy && !subscription.attributes.FilterPolicy) {
    checkFilterPolicyCount(ctx.store, subscription.topicArn);
  }
  ctx.store.changeAttributes(subscription.arn, attributes);
  return {};
};
