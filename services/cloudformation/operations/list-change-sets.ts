import { stackNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { page } from "../page.ts";
import { changeSetSummary } from "../views.ts";

/**
 * Lists the change sets of a stack.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListChangeSets.html
 */
export const listChangeSets: Operation<"ListChangeSets"> = (ctx, input) => {
  const stack = ctx.store.stack(input.StackName, stackNotFound);
  const { items, nextToken } = page(ctx.store.changeSets(stack.stackId), input.NextToken);
  return { Summaries: items.map(changeSetSummary), NextToken: nextToken };
};
