import type { Operation } from "../index.ts";
import { page } from "../page.ts";

/**
 * Lists the tags of a role, in pages.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html
 */
export const listRoleTags: Operation<"ListRoleTags"> = (ctx, input) => {
  const { items, ...rest } = page(ctx.store.role(input.RoleName).tags, (tag) => tag.Key, input);
  return { Tags: items, ...rest };
};
