import type { Operation } from "../index.ts";
import { checkOwned } from "../answers.ts";
import { deleteConflict, versionNotFound } from "../errors.ts";

/**
 * Deletes a version of a managed policy that is not its default.
 * @throws NoSuchEntity, DeleteConflict
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html
 */
export const deletePolicyVersion: Operation<"DeletePolicyVersion"> = (ctx, input) => {
  const policy = ctx.store.policy(input.PolicyArn);
  checkOwned(policy);
  if (!policy.versions.some(({ id }) => id === input.VersionId))
    throw versionNotFound(input.PolicyArn, input.VersionId);
  if (policy.defaultVersion === input.VersionId) {
    throw deleteConflict("Cannot delete the default version of a policy.");
  }
  ctx.store.updatePolicy(policy.arn, { versions: policy.versions.filter(({ id }) => id !== input.VersionId) });
  return {};
};
