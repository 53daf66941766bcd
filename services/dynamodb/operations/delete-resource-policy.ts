import type { Operation } from "../index.ts";
import { expectedPolicy, requirePolicyResource } from "../policy-resource.ts";

/**
 * Takes the policy of a table or stream away; that it has none is no error.
 * @throws ValidationException, ResourceNotFoundException, ResourceInUseException, PolicyNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteResourcePolicy.html
 */
export const deleteResourcePolicy: Operation<"DeleteResourcePolicy"> = (ctx, { ResourceArn, ExpectedRevisionId }) => {
  requirePolicyResource(ctx, ResourceArn, true);
  const policy = expectedPolicy(ctx, ResourceArn, ExpectedRevisionId);
  if (policy === undefined) return {};
  ctx.store.policies.remove(ResourceArn);
  return { RevisionId: policy.revisionId };
};
