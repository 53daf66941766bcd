import { backupsBeingEnabled, invalidRequest } from "../backups/errors.ts";
import { continuousBackups, tableOfBackups } from "../backups/continuous-backups.ts";
import type { Operation } from "../index.ts";

const LONGEST_PERIOD_DAYS = 35;

/**
 * Switches point-in-time recovery on or off. While it is on, the table can be restored to any time since then, for up to 35 days; who
 * switches it off and on again begins anew.
 * @throws ValidationException, TableNotFoundException, ContinuousBackupsUnavailableException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
 */
export const updateContinuousBackups: Operation<"UpdateContinuousBackups"> = (ctx, input) => {
  const { PointInTimeRecoveryEnabled, RecoveryPeriodInDays } = input.PointInTimeRecoverySpecification;
  if (!PointInTimeRecoveryEnabled && RecoveryPeriodInDays !== undefined) {
    throw invalidRequest("Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.");
  }
  const table = tableOfBackups(ctx, input.TableName);
  if (table.status === "CREATING") throw backupsBeingEnabled(table.name);
  const { recoveries } = ctx.store;
  const updated = PointInTimeRecoveryEnabled
    ? recoveries.enable(table, RecoveryPeriodInDays ?? table.recovery?.periodDays ?? LONGEST_PERIOD_DAYS)
    : recoveries.disable(table);
  return { ContinuousBackupsDescription: continuousBackups(recoveries, updated) };
};
