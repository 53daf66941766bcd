import { unsupported } from "../../../emulator/model/errors.ts";
import { jobArn } from "../backups/backup-arn.ts";
import { invalidRequest } from "../backups/errors.ts";
import { jobId } from "../backups/model.ts";
import { tableExists } from "../errors.ts";
import { importConflict } from "../export/errors.ts";
import { importDescription } from "../export/import-description.ts";
import { decompressorOf } from "../export/source-objects.ts";
import type { ImportInput, ImportJob } from "../export/model.ts";
import type { Operation } from "../index.ts";
import { checkNewTable } from "../new-table.ts";
import { tableArn } from "../table-name.ts";

const SUFFIX_DIGITS = 8;

/**
 * Makes a new table of the objects of a bucket. It is IN_PROGRESS in the answer; whether the bucket is there, whether the caller may
 * read it and what is in it is found out later. Items that cannot be taken are counted, and told to CloudWatch Logs.
 * @throws ValidationException, ResourceInUseException, ImportConflictException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ImportTable.html
 */
export const importTable: Operation<"ImportTable"> = (ctx, input) => {
  checkFormat(input);
  const { name } = checkNewTable(ctx, input.TableCreationParameters);
  const same = ctx.store.imports.byToken(input.ClientToken);
  const there = ctx.store.findTable(name);
  if (there !== undefined && there.filling?.kind !== "import") throw tableExists(name);
  if (same !== undefined) {
    if (same.tableName !== name) throw importConflict();
    return { ImportTableDescription: importDescription(same) };
  }
  const now = ctx.clock.now();
  const id = jobId(now, ctx.ids.hex(SUFFIX_DIGITS));
  const arn = tableArn(ctx, name);
  const job: ImportJob = {
    arn: jobArn(arn, "import", id),
    id,
    tableName: name,
    tableArn: arn,
    tableId: ctx.ids.uuid(),
    status: "IN_PROGRESS",
    startedAt: now,
    clientToken: input.ClientToken,
    principal: ctx.principal,
    input,
  };
  ctx.store.imports.put(job);
  ctx.engine.import(ctx.store, job);
  return { ImportTableDescription: importDescription(job) };
};

function checkFormat({ InputFormat, InputFormatOptions, InputCompressionType }: ImportInput): void {
  if (InputFormat !== "CSV" && InputFormatOptions?.Csv !== undefined) {
    throw invalidRequest(`Unsupported InputFormatOptions for the given input format: ${InputFormat}.`);
  }
  if (InputFormat === "ION") throw unsupported("DynamoDB: imports in the format ION");
  if (InputCompressionType !== undefined && InputCompressionType !== "NONE" && !decompressorOf(InputCompressionType)) {
    throw unsupported(`DynamoDB: imports compressed by ${InputCompressionType} on a Node before 22.15`);
  }
}
