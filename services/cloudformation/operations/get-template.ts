import { changeSetNotFound, validationError } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * The text of a stack's template, or of a change set's. There are no transforms, so both of its stages are the same.
 * @throws ChangeSetNotFoundException, ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
 */
export const getTemplate: Operation<"GetTemplate"> = (ctx, input) => {
  const { StackName: stackName, ChangeSetName: changeSetName } = input;
  const answer = (text: string | undefined) => ({
    TemplateBody: text,
    StagesAvailable: ["Original" as const, "Processed" as const],
  });
  if (changeSetName !== undefined) {
    const stack = stackName === undefined ? undefined : ctx.store.stack(stackName);
    const changeSet = ctx.store.findChangeSet(changeSetName, stack?.stackId);
    if (!changeSet) throw changeSetNotFound(changeSetName);
    return answer(ctx.store.template(changeSet.stackId, `change-set/${changeSet.name}`));
  }
  if (stackName === undefined) throw validationError("Either StackName or ChangeSetName must be specified.");
  const stack = ctx.store.stack(stackName);
  // a stack that has nothing yet but change sets has an empty one
  return answer(ctx.store.template(stack.stackId, "current") ?? "");
};
