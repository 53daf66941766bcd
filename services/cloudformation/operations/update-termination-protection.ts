import { stackNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Sets whether DeleteStack is refused.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateTerminationProtection.html
 */
export const updateTerminationProtection: Operation<"UpdateTerminationProtection"> = (ctx, input) => {
  const stack = ctx.store.stack(input.StackName, stackNotFound);
  ctx.store.putStack({ ...stack, terminationProtection: input.EnableTerminationProtection });
  return { StackId: stack.stackId };
};
