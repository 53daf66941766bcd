import { named } from "../describe.ts";
import { checkRepositoryPolicy } from "../policies.ts";
import type { Operation } from "../index.ts";

/**
 * Puts a policy in the place of the one that the repository has.
 * @throws RepositoryNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html
 */
export const setRepositoryPolicy: Operation<"SetRepositoryPolicy"> = (ctx, input) => {
  const repository = ctx.store.repository(input);
  checkRepositoryPolicy(input.policyText, input.force ?? false);
  ctx.store.put({ ...repository, policy: input.policyText });
  return { ...named(ctx, repository), policyText: input.policyText };
};
