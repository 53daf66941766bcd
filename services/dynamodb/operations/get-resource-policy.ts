import { policyNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requirePolicyResource } from "../policy-resource.ts";

/**
 * The policy of a table or stream, as it was given.
 * @throws ValidationException, ResourceNotFoundException, PolicyNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetResourcePolicy.html
 */
export const getResourcePolicy: Operation<"GetResourcePolicy"> = (ctx, { ResourceArn }) => {
  requirePolicyResource(ctx, ResourceArn, false);
  const policy = ctx.store.policies.get(ResourceArn);
  if (policy === undefined) throw policyNotFound(ResourceArn);
  return { Policy: policy.document, RevisionId: policy.revisionId };
};
