import { createHash } from "node:crypto";
import type { Host } from "../../emulator/model/context.ts";
import { Distribution, type StoredDistribution } from "../../emulator/runtime/distribution.ts";
import type { KeyPart, Storage, Table } from "../../emulator/storage/storage.ts";
import type { Bucket, Dimension, KnownMetric, Metric } from "./model.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How old the buckets of a resolution (in seconds) may be, and what they become then. @see CloudWatch's metrics retention */
const AGES: readonly { readonly resolution: number; readonly keptMs: number; readonly next: number }[] = [
  { resolution: 1, keptMs: 3 * HOUR_MS, next: 60 },
  { resolution: 60, keptMs: 15 * DAY_MS, next: 300 },
  { resolution: 300, keptMs: 63 * DAY_MS, next: 3600 },
];
export const LONGEST_KEPT_MS = 455 * DAY_MS;
/** A metric is listed for so long after its last data point. */
export const LISTED_MS = 14 * DAY_MS;
/** How exactly the time of the last data point is kept: not every one of them has to write it. */
const UPDATED_STEP_MS = 60_000;

/** The finest resolution, in seconds, that CloudWatch still has of a moment. */
export function finestResolution(ageMs: number): number {
  return AGES.findLast(({ keptMs }) => ageMs > keptMs)?.next ?? 1;
}

export const sortDimensions = (dimensions: readonly { Name?: string; Value?: string }[] = []): Dimension[] =>
  dimensions
    .map(({ Name = "", Value = "" }) => ({ Name, Value }))
    .toSorted((a, b) => (a.Name < b.Name ? -1 : a.Name > b.Name ? 1 : 0));

/** Names and dimensions in 24 digits: keys of the store are shorter than thirty dimensions may be. */
function seriesId({ namespace, name, dimensions }: Metric): string {
  const text = JSON.stringify([namespace, name, ...dimensions.flatMap(({ Name, Value }) => [Name, Value])]);
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}

interface StoredMetric {
  readonly dimensions: readonly Dimension[];
  readonly updatedAt: number;
}

/** The metrics of one account and region, and what was published of them. */
export class MetricStore {
  readonly #scope: readonly [account: string, region: string];
  readonly #storage: Storage;
  readonly #clock: Host["clock"];
  readonly #metrics: Table<StoredMetric>;
  readonly #data: Table<StoredDistribution>;

  constructor(host: Pick<Host, "storage" | "clock">, { account, region }: { account: string; region: string }) {
    this.#scope = [account, region];
    this.#storage = host.storage;
    this.#clock = host.clock;
    this.#metrics = host.storage.table("cloudwatch/metrics");
    this.#data = host.storage.table("cloudwatch/data");
  }

  /** The keys of all buckets, or of all metrics, behind the place `after`. To be given to `coarsen` and `forget`. */
  static keys(
    host: Pick<Host, "storage">,
    of: "data" | "metrics",
    after: readonly KeyPart[] | undefined,
    limit: number,
  ): KeyPart[][] {
    const table = host.storage.table<unknown>(`cloudwatch/${of}`);
    return [...table.keys({ ...(after && { start: after, exclusiveStart: true }), limit })];
  }

  /** Adds what was published of a metric to what is known. */
  add(metric: Metric, buckets: readonly Bucket[]): void {
    const id = seriesId(metric);
    const key = [...this.#scope, metric.namespace, metric.name, id];
    const now = this.#clock.now();
    this.#storage.write(() => {
      if ((this.#metrics.get(key)?.updatedAt ?? 0) < now - UPDATED_STEP_MS) {
        this.#metrics.put(key, { dimensions: metric.dimensions, updatedAt: now });
      }
      for (const bucket of buckets) this.#merge(id, bucket);
    });
  }

  #merge(id: string, { start, resolution, unit, data }: Bucket): void {
    const key = [...this.#scope, id, start, resolution, unit];
    const known = this.#data.get(key);
    if (!known) return this.#data.put(key, data);
    const merged = new Distribution();
    merged.merge(known);
    merged.merge(data);
    this.#data.put(key, merged.stored());
  }

  /** In the order of their namespaces and names. */
  *metrics(namespace?: string, name?: string): Generator<KnownMetric> {
    const prefix = [...this.#scope, ...(namespace === undefined ? [] : [namespace])];
    const oldest = this.#clock.now() - LISTED_MS;
    const found = this.#metrics.under(namespace !== undefined && name !== undefined ? [...prefix, name] : prefix);
    for (const { key, value } of found) {
      const metric = { namespace: String(key[2]), name: String(key[3]), ...value };
      if (metric.updatedAt < oldest || (name !== undefined && metric.name !== name)) continue;
      yield metric;
    }
  }

  /** What begins from `from` to before `to` (epoch milliseconds), in order of time. */
  *buckets(metric: Metric, from: number, to: number): Generator<Bucket> {
    const id = seriesId(metric);
    const range = { start: [...this.#scope, id, from], end: [...this.#scope, id, to] };
    for (const { key, value } of this.#data.range(range)) {
      const [start, resolution, unit] = key.slice(3) as [number, number, string];
      yield { start, resolution, unit, data: value };
    }
  }

  /** Gives a bucket the coarser resolution that its age asks for, or removes it if it is too old. */
  coarsen(key: readonly KeyPart[]): void {
    const [, , id, start, resolution, unit] = key as [string, string, string, number, number, string];
    const age = this.#clock.now() - start;
    const next = finestResolution(age);
    if (age <= LONGEST_KEPT_MS && resolution >= next) return;
    this.#storage.write(() => {
      const data = this.#data.get(key);
      this.#data.remove(key);
      if (age > LONGEST_KEPT_MS || !data) return;
      this.#merge(id, { start: start - (start % (next * 1000)), resolution: next, unit, data });
    });
  }

  /** Forgets a metric of which there is no data any more. */
  forget(key: readonly KeyPart[]): void {
    const known = this.#metrics.get(key);
    if (known && known.updatedAt < this.#clock.now() - LONGEST_KEPT_MS) this.#metrics.remove(key);
  }
}

/** Sorts behind every number and text that can follow account and region in a key. */
const LAST = "\u{10ffff}";

/** The accounts and regions that keys begin with: one look-up for each, not one for each key. */
export function scopesOf(table: Table<unknown>): { account: string; region: string }[] {
  const scopes: { account: string; region: string }[] = [];
  for (;;) {
    const last = scopes.at(-1);
    const behind = last && { start: [last.account, last.region, LAST] };
    const [key] = [...table.keys({ ...behind, limit: 1 })];
    if (!key) return scopes;
    const [account, region] = key as [string, string];
    scopes.push({ account, region });
  }
}
