import { named } from "../describe.ts";
import { lifecyclePolicyNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Removes the lifecycle policy, and answers it.
 * @throws RepositoryNotFoundException, LifecyclePolicyNotFoundException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteLifecyclePolicy.html
 */
export const deleteLifecyclePolicy: Operation<"DeleteLifecyclePolicy"> = (ctx, input) => {
  const { lifecyclePolicy, ...repository } = ctx.store.repository(input);
  if (lifecyclePolicy === undefined) throw lifecyclePolicyNotFound(repository.name, ctx.account);
  ctx.store.put(repository);
  return { ...named(ctx, repository), lifecyclePolicyText: lifecyclePolicy };
};
