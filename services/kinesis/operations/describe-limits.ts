import type { Operation } from "../index.ts";
import { ON_DEMAND_STREAM_LIMIT, shardLimit, usage } from "../limits.ts";

/**
 * The quotas of the account in this region, and what is used of them.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeLimits.html
 */
export const describeLimits: Operation<"DescribeLimits"> = (ctx) => {
  const { openShards, onDemandStreams } = usage(ctx);
  return {
    ShardLimit: shardLimit(ctx.region),
    OpenShardCount: openShards,
    OnDemandStreamCount: onDemandStreams,
    OnDemandStreamCountLimit: ON_DEMAND_STREAM_LIMIT,
  };
};
