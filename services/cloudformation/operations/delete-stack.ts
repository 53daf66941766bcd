import { unsupported } from "../../../emulator/model/errors.ts";
import { stackBusy, validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import { disableRollbackOf, newOperation } from "../stack-request.ts";

const UNDELETABLE = [
  "UPDATE_IN_PROGRESS",
  "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
  "UPDATE_ROLLBACK_IN_PROGRESS",
  "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
];

/**
 * Deletes a stack with its resources. Answers when that is done or has taken three seconds; a stack that does not exist is no error.
 * @throws ValidationError when termination protection is on, or while the stack is being updated
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
 */
export const deleteStack: Operation<"DeleteStack"> = async (ctx, input) => {
  if (input.DeletionMode === "FORCE_DELETE_STACK") throw unsupported("The deletion mode FORCE_DELETE_STACK");
  disableRollbackOf({ DeploymentConfig: input.DeploymentConfig });
  const stack = ctx.store.findStack(input.StackName);
  if (!stack || stack.status === "DELETE_COMPLETE" || stack.status === "DELETE_IN_PROGRESS") return {};
  const retained = input.RetainResources ?? [];
  if (retained.length > 0 && stack.status !== "DELETE_FAILED") {
    throw validationError(
      `Invalid operation on stack [${stack.stackId}]. Specify which resources to retain only when the stack is in the DELETE_FAILED state.`,
    );
  }
  const foreign = retained.filter((id) => !ctx.store.resource(stack.stackId, id));
  if (foreign.length > 0)
    throw validationError(`The specified resources to retain [${foreign.join(", ")}] do not exist in the stack`);
  if (stack.terminationProtection) {
    throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  }
  if (UNDELETABLE.includes(stack.status)) throw stackBusy(stack.stackId, stack.status, "deleted");

  ctx.store.setStackStatus(stack.stackId, "DELETE_IN_PROGRESS", "User Initiated", {
    operation: newOperation(ctx, { token: input.ClientRequestToken, skip: retained }),
    ...(input.RoleARN !== undefined && { roleArn: input.RoleARN }),
  });
  ctx.engine.carryOn(ctx, stack.stackId);
  await ctx.engine.atRest(stack.stackId, ctx.signal);
  return {};
};
