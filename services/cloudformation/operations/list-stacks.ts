import type { Operation } from "../index.ts";
import { page } from "../page.ts";
import { NO_DRIFT } from "../views.ts";

/**
 * Lists all stacks, deleted ones too, the newest first; `StackStatusFilter` narrows it to some states.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html
 */
export const listStacks: Operation<"ListStacks"> = (ctx, input) => {
  const wanted = input.StackStatusFilter ?? [];
  const found = [...ctx.store.stacks()].filter(({ status }) => wanted.length === 0 || wanted.includes(status));
  const { items, nextToken } = page(
    found.toSorted((a, b) => b.createdAt - a.createdAt),
    input.NextToken,
  );
  return {
    StackSummaries: items.map((stack) => ({
      StackId: stack.stackId,
      StackName: stack.name,
      TemplateDescription: stack.description,
      CreationTime: new Date(stack.createdAt),
      LastUpdatedTime: stack.updatedAt === undefined ? undefined : new Date(stack.updatedAt),
      DeletionTime: stack.deletedAt === undefined ? undefined : new Date(stack.deletedAt),
      StackStatus: stack.status,
      StackStatusReason: stack.statusReason,
      DriftInformation: NO_DRIFT,
    })),
    NextToken: nextToken,
  };
};
