import type { Operation } from "../index.ts";
import { noBoundary } from "../errors.ts";

/**
 * Takes the limit of a role's policies away.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePermissionsBoundary.html
 */
export const deleteRolePermissionsBoundary: Operation<"DeleteRolePermissionsBoundary"> = (ctx, input) => {
  if (ctx.store.role(input.RoleName).boundary === undefined) throw noBoundary(input.RoleName);
  ctx.store.updateRole(input.RoleName, { boundary: undefined });
  return {};
};
