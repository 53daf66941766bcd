import type { Operation } from "../index.ts";
import { unsubscribe as end } from "../subscribing.ts";

/**
 * Ends a subscription; that there is none is no error.
 * @throws InvalidParameter, AuthorizationError
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html
 */
export const unsubscribe: Operation<"Unsubscribe"> = (ctx, input) => {
  end(ctx, input.SubscriptionArn, ctx.account);
  return {};
};
