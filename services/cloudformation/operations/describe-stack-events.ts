import { stackNotFound, validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import { eventView } from "../views.ts";

/**
 * What happened to a stack and its resources, the newest first.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
 */
export const describeStackEvents: Operation<"DescribeStackEvents"> = (ctx, input) => {
  if (input.StackName === undefined) throw validationError("StackName must be specified.");
  const stack = ctx.store.stack(input.StackName, stackNotFound);
  if (input.NextToken !== undefined && !/^\d+$/.test(input.NextToken)) throw validationError("NextToken is invalid");
  const { items, nextToken } = ctx.store.events(stack.stackId, input.NextToken);
  return { StackEvents: items.map((event) => eventView(stack, event)), NextToken: nextToken };
};
