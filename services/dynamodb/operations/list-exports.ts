import { exportSummary } from "../export/export-description.ts";
import type { Operation } from "../index.ts";
import { tableNameOf } from "../table-name.ts";

const USUAL_PAGE = 10;

/**
 * Lists the exports of the past 90 days, the newest first: of all tables, or of one that is there.
 * @throws ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListExports.html
 */
export const listExports: Operation<"ListExports"> = (ctx, input) => {
  const { TableArn, MaxResults = USUAL_PAGE } = input;
  const tableId = TableArn === undefined ? undefined : ctx.store.findTable(tableNameOf(ctx, TableArn))?.id;
  const page = ctx.store.exports.page(
    (job) => TableArn === undefined || job.tableId === tableId,
    MaxResults,
    input.NextToken,
  );
  return {
    ExportSummaries: page.jobs.map(exportSummary),
    ...(page.next !== undefined && { NextToken: page.next }),
  };
};
