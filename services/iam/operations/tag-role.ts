import type { Operation } from "../index.ts";
import { mergeTags } from "../tags.ts";

/**
 * Adds tags to a role; a key that is there gets the new value.
 * @throws NoSuchEntity, InvalidInput, LimitExceeded
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html
 */
export const tagRole: Operation<"TagRole"> = (ctx, input) => {
  const role = ctx.store.role(input.RoleName);
  ctx.store.updateRole(input.RoleName, { tags: mergeTags(role.tags, input.Tags) });
  return {};
};
