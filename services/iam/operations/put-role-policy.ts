import type { Operation } from "../index.ts";
import { limitExceeded } from "../errors.ts";
import { checkPolicyDocument } from "../policy-document.ts";

/** Of all inline policies of a role together, without white space. */
const INLINE_LIMIT_CHARACTERS = 10_240;

/**
 * Adds an inline policy to a role, or replaces it.
 * @throws NoSuchEntity, MalformedPolicyDocument, LimitExceeded
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
 */
export const putRolePolicy: Operation<"PutRolePolicy"> = (ctx, input) => {
  const role = ctx.store.role(input.RoleName);
  checkPolicyDocument(input.PolicyDocument, "inline");
  const inline = { ...role.inline, [input.PolicyName]: input.PolicyDocument };
  const size = Object.values(inline).join("").replaceAll(/\s/g, "").length;
  if (size > INLINE_LIMIT_CHARACTERS) {
    throw limitExceeded(`Maximum policy size of ${INLINE_LIMIT_CHARACTERS} bytes exceeded for role ${role.name}`);
  }
  ctx.store.updateRole(input.RoleName, { inline });
  return {};
};
