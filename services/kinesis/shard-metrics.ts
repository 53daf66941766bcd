import type { Context } from "../../emulator/model/context.ts";
import type { MetricUnit, Series } from "../../emulator/runtime/metrics.ts";
import type { Shard, ShardMetric } from "./model.ts";
import type { Receipts } from "./receipts.ts";
import type { RecordBatch } from "./record-batch.ts";
import { shardId } from "./shard-id.ts";
import type { LiveStream } from "./store.ts";

const UNITS: Readonly<Record<ShardMetric, MetricUnit>> = {
  IncomingBytes: "Bytes",
  IncomingRecords: "Count",
  OutgoingBytes: "Bytes",
  OutgoingRecords: "Count",
  WriteProvisionedThroughputExceeded: "Count",
  ReadProvisionedThroughputExceeded: "Count",
  IteratorAgeMilliseconds: "Milliseconds",
};

/** In the order in which answers name them. */
export const SHARD_METRICS = Object.keys(UNITS) as readonly ShardMetric[];

/**
 * The metrics of a stream's shards, as far as EnableEnhancedMonitoring has switched them on.
 * @see https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
 */
export class ShardMetrics {
  readonly #live: LiveStream;
  readonly #seriesOf: (name: ShardMetric, ShardId: string) => Series;

  constructor({ metrics, account, region }: Pick<Context, "metrics" | "account" | "region">, live: LiveStream) {
    this.#live = live;
    this.#seriesOf = (name, ShardId) => {
      const dimensions = { StreamName: live.stream.name, ShardId };
      return metrics.series({ account, region }, { namespace: "AWS/Kinesis", name, dimensions, unit: UNITS[name] });
    };
  }

  put(batch: RecordBatch, receipts: Receipts, atMs: number): void {
    const { stream, open } = this.#live;
    if (!stream.shardLevelMetrics?.length) return;
    const shards = new Map<number, { accepted: number; bytes: number; refused: number }>();
    for (let place = 0; place < batch.length; place++) {
      const index = batch.rangeIndex(place, open);
      let sums = shards.get(index);
      if (!sums) shards.set(index, (sums = { accepted: 0, bytes: 0, refused: 0 }));
      if (receipts.has(place)) {
        sums.accepted++;
        sums.bytes += batch.size(place);
      } else sums.refused++;
    }
    for (const [index, { accepted, bytes, refused }] of shards) {
      const shard = open[index] as Shard;
      if (accepted > 0) this.#add(shard, { IncomingRecords: accepted, IncomingBytes: bytes }, atMs);
      this.#add(shard, { WriteProvisionedThroughputExceeded: refused }, atMs);
    }
  }

  get(shard: Shard, count: number, bytes: number, ageMs: number, atMs: number): void {
    const values = { OutgoingRecords: count, OutgoingBytes: bytes, IteratorAgeMilliseconds: ageMs };
    this.#add(shard, { ...values, ReadProvisionedThroughputExceeded: 0 }, atMs);
  }

  getRefused(shard: Shard, atMs: number): void {
    this.#add(shard, { ReadProvisionedThroughputExceeded: 1 }, atMs);
  }

  #add(shard: Shard, values: { readonly [Name in ShardMetric]?: number }, atMs: number): void {
    for (const name of this.#live.stream.shardLevelMetrics ?? []) {
      const value = values[name];
      if (value !== undefined) this.#seriesOf(name, shardId(shard.number)).add(value, atMs);
    }
  }
}
