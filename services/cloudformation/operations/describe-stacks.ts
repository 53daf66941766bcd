import type { Operation } from "../index.ts";
import { page } from "../page.ts";
import { stackView } from "../views.ts";

/**
 * Describes one stack, by name or id, or all that are not deleted.
 * @throws ValidationError when there is no such stack
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
export const describeStacks: Operation<"DescribeStacks"> = (ctx, input) => {
  if (input.StackName !== undefined) return { Stacks: [stackView(ctx.store.stack(input.StackName))] };
  const live = [...ctx.store.stacks()].filter(({ status }) => status !== "DELETE_COMPLETE");
  const { items, nextToken } = page(
    live.toSorted((a, b) => b.createdAt - a.createdAt),
    input.NextToken,
  );
  return { Stacks: items.map(stackView), NextToken: nextToken };
};
