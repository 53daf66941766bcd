import type { Operation } from "../index.ts";
import { describePolicy, useOf } from "../answers.ts";

/**
 * Answers a managed policy, without its document.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html
 */
export const getPolicy: Operation<"GetPolicy"> = (ctx, input) => {
  const policy = ctx.store.policy(input.PolicyArn);
  const described = describePolicy(policy, useOf(ctx.store, policy.arn));
  return { Policy: { ...described, Description: policy.description, Tags: [...policy.tags] } };
};
