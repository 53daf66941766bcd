import type { Operation } from "../index.ts";
import { limitExceeded, policyNotFound } from "../errors.ts";

/** The default quota of managed policies per role. */
const MOST_ATTACHED = 10;

/**
 * Attaches a managed policy to a role. Attaching it again changes nothing.
 * @throws NoSuchEntity, LimitExceeded
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
 */
export const attachRolePolicy: Operation<"AttachRolePolicy"> = (ctx, input) => {
  const role = ctx.store.role(input.RoleName);
  ctx.store.policy(input.PolicyArn, policyNotFound);
  if (role.attached.includes(input.PolicyArn)) return {};
  if (role.attached.length >= MOST_ATTACHED) {
    throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${MOST_ATTACHED}`);
  }
  ctx.store.updateRole(input.RoleName, { attached: [...role.attached, input.PolicyArn] });
  return {};
};
