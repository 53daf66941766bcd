import type { Operation } from "../index.ts";

/**
 * Whether the account has committed itself to a throughput.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeAccountSettings.html
 */
export const describeAccountSettings: Operation<"DescribeAccountSettings"> = (ctx) => ({
  MinimumThroughputBillingCommitment: ctx.store.account.describe(),
});
