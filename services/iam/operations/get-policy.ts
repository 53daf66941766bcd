import type { Operation } from "../index.ts";
import { describePolicy, useOf } from "../answers.ts";

/**
 * Answers a managed policy, without its document.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html
 */
export const getPolicy: Operation<"GetPolicy"> = (ctx, input) => {
  const policy = ctx.store.policy(input.PolicyArn);
  return { Policy: { ...describePolicy(policy, useOf(ctx.store, policy.arn)), Tags: [...policy.tags] } };
};
