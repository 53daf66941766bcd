import type { Operation } from "../index.ts";
import { describeRole } from "../answers.ts";
import { page } from "../page.ts";

/**
 * Lists the roles whose path begins with a prefix, in pages.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
 */
export const listRoles: Operation<"ListRoles"> = (ctx, input) => {
  const roles = ctx.store.roles().filter((role) => role.path.startsWith(input.PathPrefix ?? "/"));
  const { items, ...rest } = page(roles, (role) => role.name, input);
  // as AWS does, without the tags and the boundary
  return {
    Roles: items.map((role) => ({ ...describeRole(role), Tags: undefined, PermissionsBoundary: undefined })),
    ...rest,
  };
};
