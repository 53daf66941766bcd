import type { Operation } from "../index.ts";
import { checkOwned, describeVersion } from "../answers.ts";
import { limitExceeded } from "../errors.ts";
import { checkPolicyDocument } from "../policy-document.ts";

const MOST_VERSIONS = 5;

/**
 * Adds a version to a managed policy; five are the most.
 * @throws NoSuchEntity, MalformedPolicyDocument, LimitExceeded
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html
 */
export const createPolicyVersion: Operation<"CreatePolicyVersion"> = (ctx, input) => {
  const policy = ctx.store.policy(input.PolicyArn);
  checkOwned(policy);
  checkPolicyDocument(input.PolicyDocument, "managed");
  if (policy.versions.length >= MOST_VERSIONS) {
    throw limitExceeded(
      `A managed policy can have up to ${MOST_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
    );
  }
  const version = { id: `v${policy.nextVersion}`, document: input.PolicyDocument, createdAt: ctx.clock.now() };
  const updated = ctx.store.updatePolicy(policy.arn, {
    versions: [...policy.versions, version],
    nextVersion: policy.nextVersion + 1,
    updatedAt: version.createdAt,
    ...(input.SetAsDefault === true && { defaultVersion: version.id }),
  });
  return { PolicyVersion: { ...describeVersion(updated, version), Document: undefined } };
};
