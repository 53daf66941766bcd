import { changeSetNotExecutable, stackBusy, validationError } from "../errors.ts";
import type { CloudFormationContext, Operation } from "../index.ts";
import type { ChangeSetRecord, StackOperation, StackRecord } from "../model.ts";
import { beginUpdate, isUpdatable, newOperation } from "../stack-request.ts";
import { findChangeSet } from "./describe-change-set.ts";

/**
 * Creates or updates the stack as the change set says. Answers when that is done or has taken three seconds.
 * @throws ChangeSetNotFoundException, InvalidChangeSetStatusException, ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
 */
export const executeChangeSet: Operation<"ExecuteChangeSet"> = async (ctx, input) => {
  const changeSet = findChangeSet(ctx, input.ChangeSetName, input.StackName);
  const stack = ctx.store.stack(changeSet.stackId);
  const token = input.ClientRequestToken;
  if (token !== undefined && stack.operation.token === token && changeSet.executionStatus.startsWith("EXECUTE_"))
    return {};
  if (changeSet.executionStatus !== "AVAILABLE") {
    throw changeSetNotExecutable(
      changeSet.changeSetId,
      changeSet.status === "FAILED" ? "FAILED" : changeSet.executionStatus,
    );
  }
  if (input.DisableRollback !== undefined && changeSet.onStackFailure !== undefined) {
    throw validationError("You can specify either DisableRollback or OnStackFailure, but not both.");
  }
  const operation = newOperation(ctx, {
    token,
    disableRollback: input.DisableRollback ?? changeSet.disableRollback ?? false,
    onFailure: changeSet.onStackFailure,
    importExisting: changeSet.importExisting ?? false,
    retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
  });
  if (changeSet.type === "CREATE") beginCreation(ctx, stack, changeSet, operation);
  else {
    if (!isUpdatable(stack)) throw stackBusy(stack.stackId, stack.status, "updated");
    ctx.store.write(() => {
      const text = executed(ctx, changeSet);
      const { settings, changeSetId } = ownSettings(stack, changeSet);
      beginUpdate(ctx, stack, { text, settings, operation, changeSetId });
    });
  }
  await ctx.engine.atRest(stack.stackId, ctx.signal);
  return {};
};

function beginCreation(
  ctx: CloudFormationContext,
  stack: StackRecord,
  changeSet: ChangeSetRecord,
  operation: StackOperation,
): void {
  if (stack.status !== "REVIEW_IN_PROGRESS") throw stackBusy(stack.stackId, stack.status, "updated");
  ctx.store.write(() => {
    const text = executed(ctx, changeSet);
    const { settings, changeSetId } = ownSettings(stack, changeSet);
    ctx.store.putTemplate(stack.stackId, "current", text);
    ctx.store.setStackStatus(stack.stackId, "CREATE_IN_PROGRESS", "User Initiated", {
      ...settings,
      changeSetId,
      operation,
      disableRollback: operation.disableRollback,
      updatedAt: ctx.clock.now(),
    });
  });
  ctx.engine.carryOn(ctx, stack.stackId);
}

/** Marks the change set as executed and removes the others of its stack, which no longer apply. */
function executed(ctx: CloudFormationContext, changeSet: ChangeSetRecord): string {
  const text = ctx.store.template(changeSet.stackId, `change-set/${changeSet.name}`) ?? "";
  for (const other of ctx.store.changeSets(changeSet.stackId)) {
    if (other.changeSetId !== changeSet.changeSetId) ctx.store.removeChangeSet(other);
  }
  ctx.store.putChangeSet({ ...changeSet, executionStatus: "EXECUTE_COMPLETE" });
  return text;
}

function ownSettings(stack: StackRecord, changeSet: ChangeSetRecord) {
  const { parameters, resolved, hidden, tags, capabilities, notificationArns, roleArn, description, changeSetId } =
    changeSet;
  const settings = {
    parameters,
    resolved,
    hidden,
    tags,
    capabilities,
    notificationArns,
    roleArn,
    description,
    outputs: stack.outputs,
  };
  return { settings, changeSetId };
}
