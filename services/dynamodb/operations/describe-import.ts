import { checkJobArn } from "../backups/backup-arn.ts";
import { importNotFound, invalidImportArn } from "../export/errors.ts";
import { importDescription } from "../export/import-description.ts";
import type { Operation } from "../index.ts";

/**
 * Says how far an import has come, and how many items it could not take.
 * @throws ValidationException, AccessDeniedException, ImportNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeImport.html
 */
export const describeImport: Operation<"DescribeImport"> = (ctx, input) => {
  checkJobArn(input.ImportArn, "import", ctx, invalidImportArn);
  const job = ctx.store.imports.get(input.ImportArn);
  if (job === undefined) throw importNotFound(input.ImportArn);
  return { ImportTableDescription: importDescription(job) };
};
