import type { Context } from "../../../emulator/model/context.ts";
import { unsupported } from "../../../emulator/model/errors.ts";
import { jobArn } from "../backups/backup-arn.ts";
import { accessDenied, invalidRequest, noSuchTable } from "../backups/errors.ts";
import { jobId } from "../backups/model.ts";
import { invalidParameter } from "../errors.ts";
import { exportConflict } from "../export/errors.ts";
import { exportDescription } from "../export/export-description.ts";
import { checkExportType, exportTimeOf, periodOf } from "../export/export-time.ts";
import type { ExportInput, ExportJob } from "../export/model.ts";
import type { DynamoDbState, Operation } from "../index.ts";
import type { Table } from "../model.ts";

const ARN = /^arn:aws:dynamodb:([^:]+):(\d{12}):table\/([^/]+)(\/.*)?$/;
const SUFFIX_DIGITS = 8;

/**
 * Writes a table to a bucket, as it was at a time, or what has changed in a period. It is IN_PROGRESS in the answer; whether the
 * bucket is there, and whether the caller may write to it, is found out later.
 * @throws ValidationException, AccessDeniedException, TableNotFoundException, PointInTimeRecoveryUnavailableException,
 *   InvalidExportTimeException, ExportConflictException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html
 */
export const exportTableToPointInTime: Operation<"ExportTableToPointInTime"> = (ctx, input) => {
  checkExportType(input);
  if (input.S3SseKmsKeyId !== undefined && input.S3SseAlgorithm !== "KMS") {
    throw invalidRequest("KMS Key Id is not supported for this encryption type");
  }
  if (input.ExportFormat === "ION") throw unsupported("DynamoDB: exports in the format ION");
  const [, region, account, name = "", rest] = ARN.exec(input.TableArn) ?? [];
  if (region === undefined) throw invalidParameter("tableArn is not a valid ARN");
  if (rest !== undefined) throw invalidRequest("Table ARN is invalid.");
  if (account !== ctx.account) throw accessDenied();

  const same = ctx.store.exports.byToken(input.ClientToken);
  if (same !== undefined) {
    if (fingerprint(same.input) !== fingerprint(input)) throw exportConflict();
    return { ExportDescription: exportDescription(same) };
  }
  const table = region === ctx.region ? ctx.store.findTable(name) : undefined;
  if (table === undefined || table.status === "CREATING" || table.status === "DELETING") {
    throw noSuchTable(input.TableArn);
  }
  const window = ctx.store.recoveries.window(ctx.store.recoveries.of(table));
  const now = ctx.clock.now();
  const id = jobId(now, ctx.ids.hex(SUFFIX_DIGITS));
  const job: ExportJob = {
    arn: jobArn(table.arn, "export", id),
    id,
    tableArn: table.arn,
    tableId: table.id,
    status: "IN_PROGRESS",
    startedAt: now,
    clientToken: input.ClientToken,
    principal: ctx.principal,
    input,
    table,
    scratch: [],
    ...(input.ExportType === "INCREMENTAL_EXPORT"
      ? { period: periodOf(input, table.createdAt, window) }
      : fullExport(ctx, table, exportTimeOf(input, window))),
  };
  ctx.store.exports.put(job);
  ctx.store.holds.hold(table.space, table.recovery?.log);
  ctx.engine.export(ctx.store, job);
  return { ExportDescription: exportDescription(job) };
};

const fullExport = (ctx: Context<DynamoDbState>, { recovery }: Table, exportTime: number) => ({
  exportTime,
  ...(recovery !== undefined && exportTime === ctx.clock.now() && { end: ctx.store.changes.end(recovery.log) }),
});

/** Whether two requests with one token ask for the same. */
const fingerprint = (input: ExportInput): string =>
  JSON.stringify(Object.entries(input).toSorted(([a], [b]) => (a < b ? -1 : 1)));
