import type { Operation } from "../index.ts";

/**
 * Continuous backups are ENABLED on every table, as in DynamoDB; point-in-time recovery, which would use them, cannot be
 * switched on here (UpdateContinuousBackups is refused).
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html
 */
export const describeContinuousBackups: Operation<"DescribeContinuousBackups"> = (ctx, input) => {
  ctx.store.table(input.TableName);
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: "DISABLED" },
    },
  };
};
