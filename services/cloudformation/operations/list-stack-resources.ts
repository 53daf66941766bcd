import type { Operation } from "../index.ts";
import { page } from "../page.ts";
import { resourceView } from "../views.ts";

/**
 * Lists the resources of a stack.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
 */
export const listStackResources: Operation<"ListStackResources"> = (ctx, input) => {
  const stack = ctx.store.stack(input.StackName);
  const { items, nextToken } = page(ctx.store.resources(stack.stackId), input.NextToken);
  return {
    StackResourceSummaries: items.map((record) => {
      const { Timestamp, StackId: _id, StackName: _name, ...rest } = resourceView(stack, record);
      return { ...rest, LastUpdatedTimestamp: Timestamp };
    }),
    NextToken: nextToken,
  };
};
