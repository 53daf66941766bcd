import type { Operation } from "../index.ts";

/**
 * Time to live cannot be enabled yet (UpdateTimeToLive is refused), so it is DISABLED.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html
 */
export const describeTimeToLive: Operation<"DescribeTimeToLive"> = (ctx, input) => {
  ctx.store.table(input.TableName);
  return { TimeToLiveDescription: { TimeToLiveStatus: "DISABLED" } };
};
