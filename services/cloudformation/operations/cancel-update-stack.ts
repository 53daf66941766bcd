import { stackNotFound, validationError } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Ends an update in its middle and rolls it back.
 * @throws ValidationError unless the stack is being updated
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html
 */
export const cancelUpdateStack: Operation<"CancelUpdateStack"> = async (ctx, input) => {
  const stack = ctx.store.stack(input.StackName, stackNotFound);
  if (stack.status !== "UPDATE_IN_PROGRESS") {
    throw validationError(`CancelUpdateStack cannot be called from current stack status`);
  }
  ctx.store.setStackStatus(stack.stackId, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated");
  ctx.engine.carryOn(ctx, stack.stackId);
  await ctx.engine.atRest(stack.stackId, ctx.signal);
  return {};
};
