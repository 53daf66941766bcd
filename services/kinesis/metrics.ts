import type { Context } from "../../emulator/model/context.ts";
import type { MetricUnit, Series } from "../../emulator/runtime/metrics.ts";
import type { LiveStream } from "./store.ts";

type SeriesOf = (name: string, unit: MetricUnit) => Series;

/**
 * The metrics of one stream, recorded once a call: its series are looked up once.
 * @see https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
 */
export class StreamMetrics {
  readonly #series: SeriesOf;
  #put: ReturnType<typeof putSeries> | undefined;
  #puts: ReturnType<typeof putsSeries> | undefined;
  #get: ReturnType<typeof getSeries> | undefined;

  constructor({ metrics, account, region }: Pick<Context, "metrics" | "account" | "region">, StreamName: string) {
    this.#series = (name, unit) =>
      metrics.series({ account, region }, { namespace: "AWS/Kinesis", name, dimensions: { StreamName }, unit });
  }

  putRecord(bytes: number, latencyMs: number, atMs: number): void {
    const to = (this.#put ??= putSeries(this.#series));
    to.incomingRecords.add(1, atMs);
    to.incomingBytes.add(bytes, atMs);
    to.bytes.add(bytes, atMs);
    to.latency.add(round(latencyMs), atMs);
    to.success.add(1, atMs);
    to.exceeded.add(0, atMs);
  }

  putRecords(count: number, bytes: number, latencyMs: number, atMs: number): void {
    const to = (this.#puts ??= putsSeries(this.#series));
    to.incomingRecords.add(count, atMs);
    to.incomingBytes.add(bytes, atMs);
    to.bytes.add(bytes, atMs);
    to.latency.add(round(latencyMs), atMs);
    to.success.add(1, atMs);
    to.total.add(count, atMs);
    to.successful.add(count, atMs);
    to.failed.add(0, atMs);
    to.throttled.add(0, atMs);
    to.exceeded.add(0, atMs);
  }

  /** `ageMs`: of the last record that was answered; 0 when there was none. */
  getRecords(count: number, bytes: number, ageMs: number, latencyMs: number, atMs: number): void {
    const to = (this.#get ??= getSeries(this.#series));
    to.records.add(count, atMs);
    to.bytes.add(bytes, atMs);
    to.age.add(ageMs, atMs);
    to.latency.add(round(latencyMs), atMs);
    to.success.add(1, atMs);
    to.exceeded.add(0, atMs);
  }
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
  if (!found) known.set(live, (found = new StreamMetrics(ctx, live.stream.name)));
  return found;
}
