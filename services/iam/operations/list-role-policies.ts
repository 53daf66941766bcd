import type { Operation } from "../index.ts";
import { page } from "../page.ts";

/**
 * Lists the names of the inline policies of a role, in pages.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
 */
export const listRolePolicies: Operation<"ListRolePolicies"> = (ctx, input) => {
  const names = Object.keys(ctx.store.role(input.RoleName).inline);
  const { items, ...rest } = page(names, (name) => name, input);
  return { PolicyNames: items, ...rest };
};
