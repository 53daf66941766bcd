import type { Operation } from "../index.ts";
import { noUpdates, stackBusy, stackNotFound, tokenReused, validationError } from "../errors.ts";
import {
  beginUpdate,
  changesAnything,
  checkRole,
  disableRollbackOf,
  isUpdatable,
  newOperation,
  prepare,
  refuseUnsupported,
} from "../stack-request.ts";
import { templateText } from "../template-source.ts";

/**
 * Updates a stack in place. Answers when it is done or has taken three seconds; the resources go back when one fails.
 * @throws InsufficientCapabilitiesException, TokenAlreadyExistsException, ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
 */
export const updateStack: Operation<"UpdateStack"> = async (ctx, input) => {
  refuseUnsupported(input);
  const { ClientRequestToken: token } = input;
  const given = await templateText(ctx, input);
  checkRole(ctx, input.RoleARN);
  const stack = ctx.store.stack(input.StackName, stackNotFound);
  if (token !== undefined && stack.operation.token === token) {
    if (stack.status.startsWith("UPDATE_")) return { StackId: stack.stackId };
    throw tokenReused(token);
  }
  if (input.UsePreviousTemplate && given !== undefined) {
    throw validationError("You cannot specify both usePreviousTemplate and Template Body or Template URL.");
  }
  const text = input.UsePreviousTemplate ? ctx.store.template(stack.stackId, "current") : given;
  if (text === undefined) throw validationError("Either Template URL or Template Body must be specified.");
  if (!isUpdatable(stack)) throw stackBusy(stack.stackId, stack.status, "updated");

  const prepared = await prepare(ctx, stack, text, input, stack);
  const cannotBegin = prepared.deployment.missingImport() !== undefined;
  if (!cannotBegin && !changesAnything(ctx, stack, prepared)) throw noUpdates();
  const operation = newOperation(ctx, {
    token,
    disableRollback: disableRollbackOf(input) ?? false,
    retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
  });
  beginUpdate(ctx, stack, { text, settings: prepared.settings, operation });
  await ctx.engine.atRest(stack.stackId, ctx.signal);
  return { StackId: stack.stackId };
};
