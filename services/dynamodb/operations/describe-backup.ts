import { backupDescription } from "../backups/backup-description.ts";
import type { Operation } from "../index.ts";

/**
 * Says what a backup is, what state it is in, and what its table was like.
 * @throws ValidationException, AccessDeniedException, BackupNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeBackup.html
 */
export const describeBackup: Operation<"DescribeBackup"> = (ctx, input) => ({
  BackupDescription: backupDescription(ctx.store.backups.get(input.BackupArn)),
});
