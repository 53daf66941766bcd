import type { Operation } from "../index.ts";
import { checkOwned } from "../answers.ts";
import { versionNotFound } from "../errors.ts";

/**
 * Makes a version of a managed policy the one that holds.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html
 */
export const setDefaultPolicyVersion: Operation<"SetDefaultPolicyVersion"> = (ctx, input) => {
  const policy = ctx.store.policy(input.PolicyArn);
  checkOwned(policy);
  if (!policy.versions.some(({ id }) => id === input.VersionId))
    throw versionNotFound(input.PolicyArn, input.VersionId);
  ctx.store.updatePolicy(policy.arn, { defaultVersion: input.VersionId, updatedAt: ctx.clock.now() });
  return {};
};
