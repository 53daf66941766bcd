import type { Context } from "../../../emulator/model/context.ts";
import type { KinesisState } from "../index.ts";
import type { Consumer } from "./consumers.ts";

/**
 * The metrics of one consumer of a stream.
 * @see https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html#kinesis-metrics-stream
 */
export function fanOutMetrics(ctx: Context<KinesisState>, { name, stream }: Consumer) {
  const { account, region } = ctx;
  const dimensions = { StreamName: stream, ConsumerName: name };
  const series = (metric: string, unit: "Count" | "Bytes" | "Milliseconds") =>
    ctx.metrics.series({ account, region }, { namespace: "AWS/Kinesis", name: metric, dimensions, unit });
  return {
    /** A call of SubscribeToShard, or one that came while another subscription was active. */
    call(isSuccess: boolean, atMs: number): void {
      series("SubscribeToShard.Success", "Count").add(isSuccess ? 1 : 0, atMs);
      series("SubscribeToShard.RateExceeded", "Count").add(isSuccess ? 0 : 1, atMs);
    },

    event(records: number, bytes: number, millisBehindLatest: number, atMs: number): void {
      series("SubscribeToShardEvent.Success", "Count").add(1, atMs);
      series("SubscribeToShardEvent.Records", "Count").add(records, atMs);
      series("SubscribeToShardEvent.Bytes", "Bytes").add(bytes, atMs);
      series("SubscribeToShardEvent.MillisBehindLatest", "Milliseconds").add(millisBehindLatest, atMs);
    },
  };
}
