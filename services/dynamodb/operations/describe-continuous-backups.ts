import { continuousBackups, tableOfBackups } from "../backups/continuous-backups.ts";
import type { Operation } from "../index.ts";

/**
 * Says whether a table can be restored to a point in time, and to which.
 * @throws TableNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html
 */
export const describeContinuousBackups: Operation<"DescribeContinuousBackups"> = (ctx, input) => ({
  ContinuousBackupsDescription: continuousBackups(ctx.store.recoveries, tableOfBackups(ctx, input.TableName)),
});
