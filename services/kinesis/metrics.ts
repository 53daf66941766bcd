import type { Context } from "../../emulator/model/context.ts";
import type { MetricUnit, Series } from "../../emulator/runtime/metrics.ts";
import type { Shard } from "./model.ts";
import type { Receipts } from "./receipts.ts";
import type { RecordBatch } from "./record-batch.ts";
import { ShardMetrics } from "./shard-metrics.ts";
import type { LiveStream } from "./store.ts";

type SeriesOf = (name: string, unit: MetricUnit) => Series;

/**
 * The metrics of one stream, recorded once a call: its series are looked up once.
 * @see https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
 */
export class StreamMetrics {
  readonly #series: SeriesOf;
  readonly #shards: ShardMetrics;
  #put: ReturnType<typeof putSeries> | undefined;
  #puts: ReturnType<typeof putsSeries> | undefined;
  #get: ReturnType<typeof getSeries> | undefined;

  constructor(ctx: Pick<Context, "metrics" | "account" | "region">, live: LiveStream) {
    const { metrics, account, region } = ctx;
    const dimensions = { StreamName: live.stream.name };
    this.#series = (name, unit) =>
      metrics.series({ account, region }, { namespace: "AWS/Kinesis", name, dimensions, unit });
    this.#shards = new ShardMetrics(ctx, live);
  }

  putRecord(batch: RecordBatch, receipts: Receipts, latencyMs: number, atMs: number): void {
    const to = (this.#put ??= putSeries(this.#series));
    if (receipts.refused === 0) addAccepted(to, 1, batch.sizeBytes, atMs);
    to.latency.add(round(latencyMs), atMs);
    to.success.add(1 - receipts.refused, atMs);
    to.exceeded.add(receipts.refused, atMs);
    this.#shards.put(batch, receipts, atMs);
  }

  putRecords(batch: RecordBatch, receipts: Receipts, latencyMs: number, atMs: number): void {
    const to = (this.#puts ??= putsSeries(this.#series));
    const { refused } = receipts;
    const accepted = batch.length - refused;
    if (accepted > 0) addAccepted(to, accepted, acceptedBytes(batch, receipts), atMs);
    to.latency.add(round(latencyMs), atMs);
    to.success.add(accepted > 0 ? 1 : 0, atMs);
    to.total.add(batch.length, atMs);
    to.successful.add(accepted, atMs);
    to.failed.add(0, atMs);
    to.throttled.add(refused, atMs);
    to.exceeded.add(refused, atMs);
    this.#shards.put(batch, receipts, atMs);
  }

  /** `ageMs`: of the last record that was answered; 0 when there was none. */
  getRecords(shard: Shard, count: number, bytes: number, ageMs: number, latencyMs: number, atMs: number): void {
    const to = (this.#get ??= getSeries(this.#series));
    to.records.add(count, atMs);
    to.bytes.add(bytes, atMs);
    to.age.add(ageMs, atMs);
    to.latency.add(round(latencyMs), atMs);
    to.success.add(1, atMs);
    to.exceeded.add(0, atMs);
    this.#shards.get(shard, count, bytes, ageMs, atMs);
  }

  getRecordsRefused(shard: Shard, latencyMs: number, atMs: number): void {
    const to = (this.#get ??= getSeries(this.#series));
    to.latency.add(round(latencyMs), atMs);
    to.success.add(0, atMs);
    to.exceeded.add(1, atMs);
    this.#shards.getRefused(shard, atMs);
  }
}

function acceptedBytes(batch: RecordBatch, receipts: Receipts): number {
  if (receipts.refused === 0) return batch.sizeBytes;
  let bytes = 0;
  for (let place = 0; place < batch.length; place++) if (receipts.has(place)) bytes += batch.size(place);
  return bytes;
}

function addAccepted(
  to: { readonly incomingRecords: Series; readonly incomingBytes: Series; readonly bytes: Series },
  records: number,
  bytes: number,
  atMs: number,
): void {
  to.incomingRecords.add(records, atMs);
  to.incomingBytes.add(bytes, atMs);
  to.bytes.add(bytes, atMs);
}

const incoming = (series: SeriesOf) => ({
  incomingRecords: series("IncomingRecords", "Count"),
  incomingBytes: series("IncomingBytes", "Bytes"),
  exceeded: series("WriteProvisionedThroughputExceeded", "Count"),
});

const putSeries = (series: SeriesOf) => ({
  ...incoming(series),
  bytes: series("PutRecord.Bytes", "Bytes"),
  latency: series("PutRecord.Latency", "Milliseconds"),
  success: series("PutRecord.Success", "Count"),
});

const putsSeries = (series: SeriesOf) => ({
  ...incoming(series),
  bytes: series("PutRecords.Bytes", "Bytes"),
  latency: series("PutRecords.Latency", "Milliseconds"),
  success: series("PutRecords.Success", "Count"),
  total: series("PutRecords.TotalRecords", "Count"),
  successful: series("PutRecords.SuccessfulRecords", "Count"),
  failed: series("PutRecords.FailedRecords", "Count"),
  throttled: series("PutRecords.ThrottledRecords", "Count"),
});

const getSeries = (series: SeriesOf) => ({
  records: series("GetRecords.Records", "Count"),
  bytes: series("GetRecords.Bytes", "Bytes"),
  age: series("GetRecords.IteratorAgeMilliseconds", "Milliseconds"),
  latency: series("GetRecords.Latency", "Milliseconds"),
  success: series("GetRecords.Success", "Count"),
  exceeded: series("ReadProvisionedThroughputExceeded", "Count"),
});

/** To a hundredth: more digits would only make more different values. */
const round = (ms: number): number => Math.round(ms * 100) / 100;

const known = new WeakMap<LiveStream, StreamMetrics>();

export function streamMetrics(ctx: Pick<Context, "metrics" | "account" | "region">, live: LiveStream): StreamMetrics {
  let found = known.get(live);
  if (!found) known.set(live, (found = new StreamMetrics(ctx, live)));
  return found;
}
