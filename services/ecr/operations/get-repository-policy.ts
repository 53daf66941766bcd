import { named } from "../describe.ts";
import { policyNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * The policy as it was put.
 * @throws RepositoryNotFoundException, RepositoryPolicyNotFoundException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRepositoryPolicy.html
 */
export const getRepositoryPolicy: Operation<"GetRepositoryPolicy"> = (ctx, input) => {
  const repository = ctx.store.repository(input);
  if (repository.policy === undefined) throw policyNotFound(repository.name, ctx.account);
  return { ...named(ctx, repository), policyText: repository.policy };
};
