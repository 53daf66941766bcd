import type { Operation } from "../index.ts";
import { deleteConflict } from "../errors.ts";

/**
 * Deletes a role that has no policies any more.
 * @throws NoSuchEntity, DeleteConflict
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
 */
export const deleteRole: Operation<"DeleteRole"> = (ctx, input) => {
  const role = ctx.store.role(input.RoleName);
  if (role.attached.length > 0) throw deleteConflict("Cannot delete entity, must detach all policies first.");
  if (Object.keys(role.inline).length > 0) throw deleteConflict("Cannot delete entity, must delete policies first.");
  ctx.store.removeRole(input.RoleName);
  return {};
};
