import type { Operation } from "../index.ts";
import { describePolicy } from "../answers.ts";
import type { ManagedPolicy } from "../model.ts";
import { checkPolicyDocument } from "../policy-document.ts";
import { mergeTags } from "../tags.ts";

/**
 * Creates a managed policy of the account.
 * @throws EntityAlreadyExists, MalformedPolicyDocument, LimitExceeded
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
 */
export const createPolicy: Operation<"CreatePolicy"> = (ctx, input) => {
  checkPolicyDocument(input.PolicyDocument, "managed");
  const path = input.Path ?? "/";
  const now = ctx.clock.now();
  const policy: ManagedPolicy = {
    name: input.PolicyName,
    path,
    id: `ANPA${ctx.ids.base32(17)}`,
    arn: `arn:aws:iam::${ctx.account}:policy${path}${input.PolicyName}`,
    ...(input.Description !== undefined && { description: input.Description }),
    createdAt: now,
    updatedAt: now,
    defaultVersion: "v1",
    nextVersion: 2,
    versions: [{ id: "v1", document: input.PolicyDocument, createdAt: now }],
    tags: mergeTags([], input.Tags ?? []),
  };
  ctx.store.addPolicy(policy);
  const described = describePolicy(policy, { attachments: 0, boundaries: 0 });
  return { Policy: { ...described, ...(policy.tags.length > 0 && { Tags: [...policy.tags] }) } };
};
