import type { Operation } from "../index.ts";
import { checkPolicyDocument } from "../policy-document.ts";

/**
 * Replaces the trust policy of a role.
 * @throws NoSuchEntity, MalformedPolicyDocument
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
 */
export const updateAssumeRolePolicy: Operation<"UpdateAssumeRolePolicy"> = (ctx, input) => {
  ctx.store.role(input.RoleName);
  checkPolicyDocument(input.PolicyDocument, "trust");
  ctx.store.updateRole(input.RoleName, { trustPolicy: input.PolicyDocument });
  return {};
};
