import type { Operation } from "../index.ts";
import { policyNotAttached } from "../errors.ts";

/**
 * Detaches a managed policy from a role.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html
 */
export const detachRolePolicy: Operation<"DetachRolePolicy"> = (ctx, input) => {
  const role = ctx.store.role(input.RoleName);
  if (!role.attached.includes(input.PolicyArn)) throw policyNotAttached(input.PolicyArn);
  ctx.store.updateRole(input.RoleName, { attached: role.attached.filter((arn) => arn !== input.PolicyArn) });
  return {};
};
