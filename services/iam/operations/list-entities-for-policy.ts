import type { Operation } from "../index.ts";
import { page } from "../page.ts";

/**
 * Lists the roles that have a managed policy, in pages. There are no users and groups.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html
 */
export const listEntitiesForPolicy: Operation<"ListEntitiesForPolicy"> = (ctx, input) => {
  const policy = ctx.store.policy(input.PolicyArn);
  const wanted = input.EntityFilter === undefined || input.EntityFilter === "Role";
  const attached = input.PolicyUsageFilter === "PermissionsBoundary" ? [] : ctx.store.rolesWithPolicy(policy.arn);
  const bounded = input.PolicyUsageFilter === "PermissionsPolicy" ? [] : ctx.store.rolesWithBoundary(policy.arn);
  const names = new Set(attached.map(({ name }) => name));
  const roles = wanted ? [...attached, ...bounded.filter(({ name }) => !names.has(name))] : [];
  const matching = roles.filter((role) => role.path.startsWith(input.PathPrefix ?? "/"));
  const { items, ...rest } = page(matching, (role) => role.name, input);
  return {
    PolicyRoles: items.map(({ name, id }) => ({ RoleName: name, RoleId: id })),
    PolicyGroups: [],
    PolicyUsers: [],
    ...rest,
  };
};
