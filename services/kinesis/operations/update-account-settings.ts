import type { Operation } from "../index.ts";

/**
 * Commits the account to a throughput, for 24 hours at least, or ends that. On-demand streams have warm throughput with it.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateAccountSettings.html
 */
export const updateAccountSettings: Operation<"UpdateAccountSettings"> = (ctx, input) => {
  if (input.MinimumThroughputBillingCommitment.Status === "ENABLED") ctx.store.account.commit();
  else ctx.store.account.end();
  return { MinimumThroughputBillingCommitment: ctx.store.account.describe() };
};
