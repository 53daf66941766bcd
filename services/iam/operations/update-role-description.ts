import type { Operation } from "../index.ts";
import { describeRole } from "../answers.ts";

/**
 * Changes the description of a role.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html
 */
export const updateRoleDescription: Operation<"UpdateRoleDescription"> = (ctx, input) => {
  return { Role: describeRole(ctx.store.updateRole(input.RoleName, { description: input.Description })) };
};
