import type { Operation } from "../index.ts";
import { inlinePolicyNotFound } from "../errors.ts";

/**
 * Deletes an inline policy of a role.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html
 */
export const deleteRolePolicy: Operation<"DeleteRolePolicy"> = (ctx, input) => {
  const { inline } = ctx.store.role(input.RoleName);
  if (inline[input.PolicyName] === undefined) throw inlinePolicyNotFound(input.PolicyName);
  const left = Object.fromEntries(Object.entries(inline).filter(([name]) => name !== input.PolicyName));
  ctx.store.updateRole(input.RoleName, { inline: left });
  return {};
};
