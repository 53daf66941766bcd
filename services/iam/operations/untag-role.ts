import type { Operation } from "../index.ts";

/**
 * Removes tags from a role.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagRole.html
 */
export const untagRole: Operation<"UntagRole"> = (ctx, input) => {
  const role = ctx.store.role(input.RoleName);
  ctx.store.updateRole(input.RoleName, { tags: role.tags.filter((tag) => !input.TagKeys.includes(tag.Key)) });
  return {};
};
