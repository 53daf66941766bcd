import { named } from "../describe.ts";
import { checkLifecyclePolicy } from "../policies.ts";
import type { Operation } from "../index.ts";

/**
 * Puts a lifecycle policy in the place of the one that the repository has.
 * @throws RepositoryNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html
 */
export const putLifecyclePolicy: Operation<"PutLifecyclePolicy"> = (ctx, input) => {
  const repository = ctx.store.repository(input);
  checkLifecyclePolicy(input.lifecyclePolicyText);
  ctx.store.put({ ...repository, lifecyclePolicy: input.lifecyclePolicyText });
  return { ...named(ctx, repository), lifecyclePolicyText: input.lifecyclePolicyText };
};
