import type { Operation } from "../index.ts";
import { describePolicy, useOf } from "../answers.ts";
import { page } from "../page.ts";

const inScope = (arn: string, scope: string): boolean =>
  scope === "All" || arn.startsWith("arn:aws:iam::aws:") === (scope === "AWS");

/**
 * Lists managed policies of the account, of AWS, or of both, in pages.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html
 */
export const listPolicies: Operation<"ListPolicies"> = (ctx, input) => {
  const policies = ctx.store
    .policies()
    .map((policy) => ({ policy, use: useOf(ctx.store, policy.arn) }))
    .filter(({ policy }) => policy.path.startsWith(input.PathPrefix ?? "/"))
    .filter(({ policy }) => inScope(policy.arn, input.Scope ?? "All"))
    .filter(({ use }) => input.OnlyAttached !== true || use.attachments > 0)
    .filter(({ use }) => input.PolicyUsageFilter !== "PermissionsBoundary" || use.boundaries > 0);
  const { items, ...rest } = page(policies, ({ policy }) => policy.arn, input);
  return { Policies: items.map(({ policy, use }) => describePolicy(policy, use)), ...rest };
};
