import type { Operation } from "../index.ts";
import { inlinePolicyNotFound } from "../errors.ts";
import { encodeDocument } from "../policy-document.ts";

/**
 * Answers an inline policy of a role, percent-encoded.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
 */
export const getRolePolicy: Operation<"GetRolePolicy"> = (ctx, input) => {
  const document = ctx.store.role(input.RoleName).inline[input.PolicyName];
  if (document === undefined) throw inlinePolicyNotFound(input.PolicyName);
  return { RoleName: input.RoleName, PolicyName: input.PolicyName, PolicyDocument: encodeDocument(document) };
};
