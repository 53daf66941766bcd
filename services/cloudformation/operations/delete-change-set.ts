import { changeSetNotExecutable, stackNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Deletes a change set; one that does not exist is no error.
 * @throws InvalidChangeSetStatusException, ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html
 */
export const deleteChangeSet: Operation<"DeleteChangeSet"> = (ctx, input) => {
  const stack = input.StackName === undefined ? undefined : ctx.store.stack(input.StackName, stackNotFound);
  const changeSet = ctx.store.findChangeSet(input.ChangeSetName, stack?.stackId);
  if (!changeSet) return {};
  if (changeSet.executionStatus === "EXECUTE_IN_PROGRESS") {
    throw changeSetNotExecutable(changeSet.changeSetId, changeSet.executionStatus);
  }
  ctx.store.removeChangeSet(changeSet);
  return {};
};
