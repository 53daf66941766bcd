import { parseJobArn } from "../backups/backup-arn.ts";
import { backupSummary } from "../backups/backup-description.ts";
import { invalidBackupArn, startOfOtherRegion, timeRangeInverted } from "../backups/errors.ts";
import type { Backup } from "../backups/model.ts";
import type { Operation } from "../index.ts";
import { tableNameOf } from "../table-name.ts";

const MOST_BACKUPS = 100;

/**
 * Lists backups, those that users have made unless asked for others, also of tables that are gone. There are none of AWS Backup.
 * @throws ValidationException, AccessDeniedException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListBackups.html
 */
export const listBackups: Operation<"ListBackups"> = (ctx, input) => {
  const { TimeRangeLowerBound: from, TimeRangeUpperBound: to, Limit = MOST_BACKUPS, BackupType = "USER" } = input;
  if (from !== undefined && to !== undefined && from > to) throw timeRangeInverted();
  const tableName = input.TableName === undefined ? undefined : tableNameOf(ctx, input.TableName);
  const start = input.ExclusiveStartBackupArn;
  const after = start === undefined ? undefined : parseJobArn(start, "backup", ctx.account, invalidBackupArn);
  if (after !== undefined && after.region !== ctx.region) throw startOfOtherRegion();

  const page: Backup[] = [];
  let hasMore = false;
  for (const backup of ctx.store.backups.list(tableName, after)) {
    if (BackupType !== "ALL" && backup.type !== BackupType) continue;
    if (from !== undefined && backup.createdAt < from.getTime()) continue;
    if (to !== undefined && backup.createdAt >= to.getTime()) continue;
    hasMore = page.length === Limit;
    if (hasMore) break;
    page.push(backup);
  }
  return {
    BackupSummaries: page.map(backupSummary),
    ...(hasMore && { LastEvaluatedBackupArn: page.at(-1)?.arn }),
  };
};
