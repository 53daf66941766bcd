import { setShardMetrics } from "../enhanced-monitoring.ts";
import type { Operation } from "../index.ts";
import { activeStream } from "../resolve.ts";

/**
 * Publishes metrics of each shard beside those of the stream.
 * @throws ResourceNotFoundException, ResourceInUseException unless the stream is ACTIVE, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_EnableEnhancedMonitoring.html
 */
export const enableEnhancedMonitoring: Operation<"EnableEnhancedMonitoring"> = (ctx, input) =>
  setShardMetrics(ctx, activeStream(ctx, input), input.ShardLevelMetrics, (isOn, isNamed) => isOn || isNamed);
