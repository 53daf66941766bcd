import { importSummary } from "../export/import-description.ts";
import type { Operation } from "../index.ts";

const USUAL_PAGE = 10;

/**
 * Lists the imports of the past 90 days, the newest first: of all tables, or of those that one ARN stood for.
 * @throws ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListImports.html
 */
export const listImports: Operation<"ListImports"> = (ctx, input) => {
  const { TableArn, PageSize = USUAL_PAGE } = input;
  const isListed = ({ tableArn }: { readonly tableArn: string }) => TableArn === undefined || tableArn === TableArn;
  const page = ctx.store.imports.page(isListed, PageSize, input.NextToken);
  return {
    ImportSummaryList: page.jobs.map(importSummary),
    ...(page.next !== undefined && { NextToken: page.next }),
  };
};
