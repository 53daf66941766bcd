import { backupBeingCreated, backupRestoringAnother } from "../backups/errors.ts";
import { checkOverrides, checkTarget, restoreTable } from "../backups/restored-table.ts";
import { beginSnapshot } from "../backups/snapshots.ts";
import type { Operation } from "../index.ts";
import { describeTable } from "../table-description.ts";

/**
 * Makes a new table of a backup. It is CREATING until it has its items.
 * @throws ValidationException, AccessDeniedException, BackupNotFoundException, BackupInUseException, TableAlreadyExistsException,
 *   TableInUseException, LimitExceededException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html
 */
export const restoreTableFromBackup: Operation<"RestoreTableFromBackup"> = (ctx, input) => {
  checkOverrides(ctx, input);
  const backup = ctx.store.backups.get(input.BackupArn);
  checkTarget(ctx, input.TargetTableName);
  if (backup.snapshot !== undefined) throw backupBeingCreated(backup.arn);
  if (ctx.store.restores.ofBackup(backup.arn) !== undefined) throw backupRestoringAnother(backup.arn);
  const restored = restoreTable(ctx, backup.table, input, {
    kind: "restore",
    snapshot: beginSnapshot(backup.space, undefined, 0),
    sourceTableArn: backup.table.arn,
    sourceBackupArn: backup.arn,
    restoredTo: backup.createdAt,
  });
  return { TableDescription: describeTable(ctx.store, restored) };
};
