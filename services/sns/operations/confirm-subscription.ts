import { topicOf } from "../arn.ts";
import { invalidParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { confirm } from "../subscribing.ts";

/**
 * Confirms a subscription by the token that its endpoint was sent.
 * @throws InvalidParameter, NotFound
 * @see https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
 */
export const confirmSubscription: Operation<"ConfirmSubscription"> = (ctx, input) => {
  const flag = input.AuthenticateOnUnsubscribe?.toLowerCase() ?? "false";
  if (flag !== "true" && flag !== "false") throw invalidParameter("AuthenticateOnUnsubscribe");
  const { arn } = confirm(ctx, topicOf(ctx, input.TopicArn, "Topic"), input.Token, {
    authenticated: true,
    authenticateOnUnsubscribe: flag === "true",
  });
  return { SubscriptionArn: arn };
};
