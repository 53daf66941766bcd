import { named } from "../describe.ts";
import { policyNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Removes the policy, and answers it.
 * @throws RepositoryNotFoundException, RepositoryPolicyNotFoundException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepositoryPolicy.html
 */
export const deleteRepositoryPolicy: Operation<"DeleteRepositoryPolicy"> = (ctx, input) => {
  const { policy, ...repository } = ctx.store.repository(input);
  if (policy === undefined) throw policyNotFound(repository.name, ctx.account);
  ctx.store.put(repository);
  return { ...named(ctx, repository), policyText: policy };
};
