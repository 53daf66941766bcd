import { Distribution } from "./distribution.ts";

/** A unit of CloudWatch: "Count", "Bytes", "Milliseconds", "Seconds", "Percent", "None", "Bytes/Second", ... */
export type MetricUnit = string;

export interface MetricScope {
  readonly account: string;
  readonly region: string;
}

export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit: MetricUnit;
  /** In seconds: 60 unless said, 1 for high resolution. */
  readonly resolution?: 1 | 60;
}

export interface Measurement extends MetricIdentity {
  readonly value: number;
}

/** What was measured of one metric, by the start of the minute (or second) in epoch milliseconds. */
export interface Measured {
  readonly scope: MetricScope;
  readonly metric: MetricIdentity;
  readonly buckets: ReadonlyMap<number, Distribution>;
}

/** Series that are known by name, and buckets that wait: beyond these, they are handed over at once. */
const MOST_SERIES = 20_000;
const MOST_BUCKETS = 5_000;

/** One metric of one resource, for whoever records often: `add` costs a map's look-up. */
export class Series {
  readonly scope: MetricScope;
  readonly metric: MetricIdentity;
  readonly #owner: Metrics;
  readonly #stepMs: number;
  #buckets = new Map<number, Distribution>();
  #start = Number.NaN;
  #current = new Distribution();

  constructor(owner: Metrics, scope: MetricScope, metric: MetricIdentity) {
    this.#owner = owner;
    this.scope = { account: scope.account, region: scope.region };
    this.metric = metric;
    this.#stepMs = (metric.resolution ?? 60) * 1000;
  }

  /** Adds a value that was measured at `atMs` (epoch milliseconds), `count` times. */
  add(value: number, atMs: number, count = 1): void {
    const start = atMs - (atMs % this.#stepMs);
    if (start !== this.#start) this.#turnTo(start);
    this.#current.add(value, count);
  }

  take(): Measured {
    const buckets = this.#buckets;
    this.#buckets = new Map();
    this.#start = Number.NaN;
    return { scope: this.scope, metric: this.metric, buckets };
  }

  #turnTo(start: number): void {
    this.#start = start;
    const known = this.#buckets.get(start);
    if (known) {
      this.#current = known;
      return;
    }
    this.#buckets.set(start, (this.#current = new Distribution()));
    this.#owner.pending(this);
  }
}

/**
 * The metrics that the emulator's services publish about themselves (AWS/Lambda, AWS/Kinesis, ...), and those that are made of log
 * events. They are gathered here by the minute; CloudWatch takes them every few seconds and before it answers.
 */
export class Metrics {
  readonly #series = new Map<string, Series>();
  #pending = new Set<Series>();
  #buckets = 0;
  #onPending: ((full: boolean) => void) | undefined;

  record(scope: MetricScope, measurement: Measurement, atMs: number): void {
    this.series(scope, measurement).add(measurement.value, atMs);
  }

  /** The series of a metric. Whoever records often keeps it. */
  series(scope: MetricScope, { namespace, name, dimensions, unit, resolution = 60 }: MetricIdentity): Series {
    let key = `${scope.account}\0${scope.region}\0${namespace}\0${name}\0${unit}\0${resolution}`;
    for (const dimension in dimensions) key += `\0${dimension}\0${dimensions[dimension]}`;
    let series = this.#series.get(key);
    if (!series) {
      if (this.#series.size >= MOST_SERIES) this.#series.clear();
      series = new Series(this, scope, { namespace, name, dimensions, unit, resolution });
      this.#series.set(key, series);
    }
    return series;
  }

  /** Everything that was measured since the last time. */
  drain(): Measured[] {
    const pending = this.#pending;
    this.#pending = new Set();
    this.#buckets = 0;
    return [...pending].map((series) => series.take());
  }

  /**
   * CloudWatch says how it learns that something waits; `full`: so much that it has to be taken as soon as the present turn of the
   * event loop is over (not at once: a value is on its way into its bucket).
   */
  whenPending(listener: (full: boolean) => void): void {
    this.#onPending = listener;
  }

  /** A series has begun a bucket. */
  pending(series: Series): void {
    this.#pending.add(series);
    this.#buckets++;
    const full = this.#buckets === MOST_BUCKETS;
    if (full || this.#buckets === 1) this.#onPending?.(full);
  }
}
