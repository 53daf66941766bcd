import type { Operation } from "../index.ts";
import { describePolicy } from "../answers.ts";

/**
 * Answers a managed policy, without its document.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html
 */
export const getPolicy: Operation<"GetPolicy"> = (ctx, input) => {
  const policy = ctx.store.policy(input.PolicyArn);
  const attachments = ctx.store.rolesWithPolicy(policy.arn).length;
  return { Policy: { ...describePolicy(policy, attachments), Tags: [...policy.tags] } };
};
