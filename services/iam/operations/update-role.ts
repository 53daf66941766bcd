import type { Operation } from "../index.ts";

/**
 * Changes the description and the longest session of a role.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html
 */
export const updateRole: Operation<"UpdateRole"> = (ctx, input) => {
  ctx.store.updateRole(input.RoleName, {
    ...(input.Description !== undefined && { description: input.Description }),
    ...(input.MaxSessionDuration !== undefined && { maxSessionSeconds: input.MaxSessionDuration }),
  });
  return {};
};
