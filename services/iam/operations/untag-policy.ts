import type { Operation } from "../index.ts";
import { checkOwned } from "../answers.ts";

/**
 * Removes tags from a managed policy.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagPolicy.html
 */
export const untagPolicy: Operation<"UntagPolicy"> = (ctx, input) => {
  const policy = ctx.store.policy(input.PolicyArn);
  checkOwned(policy);
  ctx.store.updatePolicy(policy.arn, { tags: policy.tags.filter((tag) => !input.TagKeys.includes(tag.Key)) });
  return {};
};
