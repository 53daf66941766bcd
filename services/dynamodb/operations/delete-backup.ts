import { backupDescription } from "../backups/backup-description.ts";
import type { Operation } from "../index.ts";

/**
 * Deletes a backup, unless it is being made or restored. Those that deleted tables leave expire by themselves.
 * @throws ValidationException, AccessDeniedException, BackupNotFoundException, BackupInUseException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteBackup.html
 */
export const deleteBackup: Operation<"DeleteBackup"> = (ctx, input) => ({
  BackupDescription: backupDescription(ctx.store.backups.delete(input.BackupArn), "DELETED"),
});
