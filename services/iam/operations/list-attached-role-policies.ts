import type { Operation } from "../index.ts";
import { page } from "../page.ts";

/**
 * Lists the managed policies of a role, in pages.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html
 */
export const listAttachedRolePolicies: Operation<"ListAttachedRolePolicies"> = (ctx, input) => {
  const policies = ctx.store.role(input.RoleName).attached.map((arn) => ctx.store.policy(arn));
  const matching = policies.filter((policy) => policy.path.startsWith(input.PathPrefix ?? "/"));
  const { items, ...rest } = page(matching, (policy) => policy.arn, input);
  return { AttachedPolicies: items.map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn })), ...rest };
};
