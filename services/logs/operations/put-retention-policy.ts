import { invalidParameter } from "../errors.ts";
import type { Operation } from "../index.ts";

const RETENTION_DAYS: ReadonlySet<number> = new Set([
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]);

/**
 * Sets how many days the events of a group are kept.
 * @throws ResourceNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
export const putRetentionPolicy: Operation<"PutRetentionPolicy"> = (ctx, input) => {
  if (!RETENTION_DAYS.has(input.retentionInDays)) {
    const values = [...RETENTION_DAYS].join(", ");
    throw invalidParameter(
      `1 validation error detected: Value at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${values}]`,
    );
  }
  ctx.store.updateGroup(input.logGroupName, (group) => ({ ...group, retentionDays: input.retentionInDays }));
  return {};
};
