import { checkJobArn } from "../backups/backup-arn.ts";
import { exportNotFound, invalidExportArn } from "../export/errors.ts";
import { exportDescription } from "../export/export-description.ts";
import type { Operation } from "../index.ts";

/**
 * Says how far an export has come, and what it has written.
 * @throws ValidationException, AccessDeniedException, ExportNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeExport.html
 */
export const describeExport: Operation<"DescribeExport"> = (ctx, input) => {
  checkJobArn(input.ExportArn, "export", ctx, invalidExportArn);
  const job = ctx.store.exports.get(input.ExportArn);
  if (job === undefined) throw exportNotFound(input.ExportArn);
  return { ExportDescription: exportDescription(job) };
};
