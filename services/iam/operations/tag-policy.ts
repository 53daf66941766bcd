import type { Operation } from "../index.ts";
import { checkOwned } from "../answers.ts";
import { mergeTags } from "../tags.ts";

/**
 * Adds tags to a managed policy; a key that is there gets the new value.
 * @throws NoSuchEntity, InvalidInput, LimitExceeded
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagPolicy.html
 */
export const tagPolicy: Operation<"TagPolicy"> = (ctx, input) => {
  const policy = ctx.store.policy(input.PolicyArn);
  checkOwned(policy);
  ctx.store.updatePolicy(policy.arn, { tags: mergeTags(policy.tags, input.Tags) });
  return {};
};
