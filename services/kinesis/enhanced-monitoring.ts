import type { MetricsName } from "@aws-sdk/client-kinesis";
import type { Context } from "../../emulator/model/context.ts";
import type { KinesisState } from "./index.ts";
import type { ShardMetric } from "./model.ts";
import { SHARD_METRICS } from "./shard-metrics.ts";
import type { LiveStream } from "./store.ts";

/** Switches metrics of a stream's shards on or off; `named` are those of the request, ALL is every one. */
export function setShardMetrics(
  ctx: Context<KinesisState>,
  live: LiveStream,
  named: readonly MetricsName[],
  isWanted: (isOn: boolean, isNamed: boolean) => boolean,
) {
  const current = live.stream.shardLevelMetrics ?? [];
  const isNamed = (name: ShardMetric) => named.includes("ALL") || named.includes(name);
  const desired = SHARD_METRICS.filter((name) => isWanted(current.includes(name), isNamed(name)));
  ctx.store.update(live, { shardLevelMetrics: desired });
  return {
    StreamName: live.stream.name,
    StreamARN: ctx.store.arn(live.stream.name),
    CurrentShardLevelMetrics: [...current],
    DesiredShardLevelMetrics: desired,
  };
}
