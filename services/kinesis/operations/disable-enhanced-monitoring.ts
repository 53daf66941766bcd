import { setShardMetrics } from "../enhanced-monitoring.ts";
import type { Operation } from "../index.ts";
import { activeStream } from "../resolve.ts";

/**
 * Ends metrics of a stream's shards.
 * @throws ResourceNotFoundException, ResourceInUseException unless the stream is ACTIVE, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DisableEnhancedMonitoring.html
 */
export const disableEnhancedMonitoring: Operation<"DisableEnhancedMonitoring"> = (ctx, input) =>
  setShardMetrics(ctx, activeStream(ctx, input), input.ShardLevelMetrics, (isOn, isNamed) => isOn && !isNamed);
