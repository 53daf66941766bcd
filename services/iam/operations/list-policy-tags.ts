import type { Operation } from "../index.ts";
import { page } from "../page.ts";

/**
 * Lists the tags of a managed policy, in pages.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyTags.html
 */
export const listPolicyTags: Operation<"ListPolicyTags"> = (ctx, input) => {
  const { items, ...rest } = page(ctx.store.policy(input.PolicyArn).tags, (tag) => tag.Key, input);
  return { Tags: items, ...rest };
};
