import type { Operation } from "../index.ts";
import { page } from "../page.ts";

/**
 * Lists what the stacks of this account and region export.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListExports.html
 */
export const listExports: Operation<"ListExports"> = (ctx, input) => {
  const { items, nextToken } = page(ctx.store.exports(), input.NextToken);
  return {
    Exports: items.map(({ name, value, stackId }) => ({ Name: name, Value: value, ExportingStackId: stackId })),
    NextToken: nextToken,
  };
};
