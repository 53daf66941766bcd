import { backupDetails } from "../backups/backup-description.ts";
import { backupsBeingEnabled, noSuchTable } from "../backups/errors.ts";
import type { Operation } from "../index.ts";
import { tableNameOf } from "../table-name.ts";

/**
 * Backs a table up as it is at this moment, with the schema of its indexes. The backup is CREATING in the answer, and AVAILABLE when
 * the items have been copied, while the table goes on being written.
 * @throws TableNotFoundException, ContinuousBackupsUnavailableException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
 */
export const createBackup: Operation<"CreateBackup"> = (ctx, input) => {
  const name = tableNameOf(ctx, input.TableName);
  const table = ctx.store.findTable(name);
  if (table === undefined || table.filling?.kind === "restore" || table.status === "DELETING") throw noSuchTable(name);
  if (table.status === "CREATING") throw backupsBeingEnabled(name);
  return { BackupDetails: backupDetails(ctx.store.backups.create(table, input.BackupName)) };
};
