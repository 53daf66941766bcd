import type { Operation } from "../index.ts";
import { describeRole } from "../answers.ts";
import { policyNotFound } from "../errors.ts";
import type { Role } from "../model.ts";
import { checkPolicyDocument } from "../policy-document.ts";
import { mergeTags } from "../tags.ts";

/**
 * Creates a role with its trust policy.
 * @throws EntityAlreadyExists, MalformedPolicyDocument, LimitExceeded, InvalidInput
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
export const createRole: Operation<"CreateRole"> = (ctx, input) => {
  if (input.PermissionsBoundary !== undefined) ctx.store.policy(input.PermissionsBoundary, policyNotFound);
  checkPolicyDocument(input.AssumeRolePolicyDocument, "trust");
  const path = input.Path ?? "/";
  const role: Role = {
    name: input.RoleName,
    path,
    id: `AROA${ctx.ids.base32(17)}`,
    arn: `arn:aws:iam::${ctx.account}:role${path}${input.RoleName}`,
    createdAt: ctx.clock.now(),
    trustPolicy: input.AssumeRolePolicyDocument,
    ...(input.Description !== undefined && { description: input.Description }),
    maxSessionSeconds: input.MaxSessionDuration ?? 3600,
    tags: mergeTags([], input.Tags ?? []),
    inline: {},
    attached: [],
    ...(input.PermissionsBoundary !== undefined && { boundary: input.PermissionsBoundary }),
  };
  ctx.store.addRole(role);
  return { Role: describeRole(role) };
};
