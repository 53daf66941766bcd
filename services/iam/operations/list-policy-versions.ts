import type { Operation } from "../index.ts";
import { describeVersion } from "../answers.ts";
import { page } from "../page.ts";

/**
 * Lists the versions of a managed policy, newest first, in pages.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html
 */
export const listPolicyVersions: Operation<"ListPolicyVersions"> = (ctx, input) => {
  const policy = ctx.store.policy(input.PolicyArn);
  const { items, ...rest } = page([...policy.versions].reverse(), (version) => version.id, input);
  return { Versions: items.map((version) => ({ ...describeVersion(policy, version), Document: undefined })), ...rest };
};
