import type { Operation } from "../index.ts";
import { policyNotFound } from "../errors.ts";

/**
 * Sets the managed policy that limits what a role's policies can allow.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html
 */
export const putRolePermissionsBoundary: Operation<"PutRolePermissionsBoundary"> = (ctx, input) => {
  ctx.store.role(input.RoleName);
  ctx.store.policy(input.PermissionsBoundary, policyNotFound);
  ctx.store.updateRole(input.RoleName, { boundary: input.PermissionsBoundary });
  return {};
};
