import type { Operation } from "../index.ts";
import { checkOwned } from "../answers.ts";
import { deleteConflict } from "../errors.ts";

/**
 * Deletes a managed policy that no role has and that has no version but its default.
 * @throws NoSuchEntity, DeleteConflict
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
 */
export const deletePolicy: Operation<"DeletePolicy"> = (ctx, input) => {
  const policy = ctx.store.policy(input.PolicyArn);
  checkOwned(policy);
  if (ctx.store.rolesWithPolicy(policy.arn).length > 0 || ctx.store.rolesWithBoundary(policy.arn).length > 0) {
    throw deleteConflict("Cannot delete a policy attached to entities.");
  }
  if (policy.versions.length > 1) {
    throw deleteConflict(
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
  }
  ctx.store.removePolicy(policy.arn);
  return {};
};
