import { stackNotFound, validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkRole, newOperation } from "../stack-request.ts";

/**
 * Goes on with a rollback that failed, without the resources that it is told to skip.
 * @throws ValidationError unless the stack is in UPDATE_ROLLBACK_FAILED
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
 */
export const continueUpdateRollback: Operation<"ContinueUpdateRollback"> = async (ctx, input) => {
  checkRole(ctx, input.RoleARN);
  const stack = ctx.store.stack(input.StackName, stackNotFound);
  if (stack.status !== "UPDATE_ROLLBACK_FAILED") {
    throw validationError(`Stack:${stack.stackId} is in ${stack.status} state and can not continue rollback.`);
  }
  const skip = input.ResourcesToSkip ?? [];
  const notFailed = skip.filter((id) => ctx.store.resource(stack.stackId, id)?.status !== "UPDATE_FAILED");
  if (notFailed.length > 0) {
    throw validationError(
      `Resources [${notFailed.join(", ")}] cannot be skipped: they are not in UPDATE_FAILED state.`,
    );
  }
  ctx.store.setStackStatus(stack.stackId, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated", {
    operation: newOperation(ctx, { token: input.ClientRequestToken, skip }),
    ...(input.RoleARN !== undefined && { roleArn: input.RoleARN }),
  });
  ctx.engine.carryOn(ctx, stack.stackId);
  await ctx.engine.atRest(stack.stackId, ctx.signal);
  return {};
};
