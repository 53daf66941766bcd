import { validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import { page } from "../page.ts";

/**
 * Lists the names of the stacks that import an export.
 * @throws ValidationError when nothing imports it
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListImports.html
 */
export const listImports: Operation<"ListImports"> = (ctx, input) => {
  const importers = ctx.store.importers(input.ExportName);
  if (importers.length === 0) throw validationError(`Export '${input.ExportName}' is not imported by any stack.`);
  const { items, nextToken } = page(importers, input.NextToken);
  return { Imports: [...items], NextToken: nextToken };
};
