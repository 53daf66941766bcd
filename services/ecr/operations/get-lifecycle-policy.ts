import { named } from "../describe.ts";
import { lifecyclePolicyNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * The lifecycle policy as it was put.
 * @throws RepositoryNotFoundException, LifecyclePolicyNotFoundException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicy.html
 */
export const getLifecyclePolicy: Operation<"GetLifecyclePolicy"> = (ctx, input) => {
  const repository = ctx.store.repository(input);
  if (repository.lifecyclePolicy === undefined) throw lifecyclePolicyNotFound(repository.name, ctx.account);
  return { ...named(ctx, repository), lifecyclePolicyText: repository.lifecyclePolicy };
};
