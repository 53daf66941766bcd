import type { Operation } from "../index.ts";
import { describeVersion } from "../answers.ts";
import { versionNotFound } from "../errors.ts";

/**
 * Answers a version of a managed policy with its document, percent-encoded.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
 */
export const getPolicyVersion: Operation<"GetPolicyVersion"> = (ctx, input) => {
  const policy = ctx.store.policy(input.PolicyArn);
  const version = policy.versions.find(({ id }) => id === input.VersionId);
  if (!version) throw versionNotFound(input.PolicyArn, input.VersionId);
  return { PolicyVersion: describeVersion(policy, version) };
};
