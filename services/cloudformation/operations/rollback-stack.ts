import { stackNotFound, validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkRole, disableRollbackOf, newOperation } from "../stack-request.ts";

/**
 * Rolls back a stack whose creation or update failed and was left as it was.
 * @throws ValidationError unless the stack is in CREATE_FAILED or UPDATE_FAILED
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html
 */
export const rollbackStack: Operation<"RollbackStack"> = async (ctx, input) => {
  checkRole(ctx, input.RoleARN);
  disableRollbackOf({ DeploymentConfig: input.DeploymentConfig });
  const stack = ctx.store.stack(input.StackName, stackNotFound);
  const next = { CREATE_FAILED: "ROLLBACK_IN_PROGRESS", UPDATE_FAILED: "UPDATE_ROLLBACK_IN_PROGRESS" } as const;
  if (stack.status !== "CREATE_FAILED" && stack.status !== "UPDATE_FAILED") {
    throw validationError(`Stack:${stack.stackId} is in ${stack.status} state and can not be rolled back.`);
  }
  ctx.store.setStackStatus(stack.stackId, next[stack.status], "User Initiated", {
    operation: newOperation(ctx, {
      token: input.ClientRequestToken,
      retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
    }),
    ...(input.RoleARN !== undefined && { roleArn: input.RoleARN }),
  });
  ctx.engine.carryOn(ctx, stack.stackId);
  await ctx.engine.atRest(stack.stackId, ctx.signal);
  return { StackId: stack.stackId };
};
