import type { Host } from "../../emulator/model/context.ts";
import type { KeyPart, Table } from "../../emulator/storage/storage.ts";
import type { Timer } from "../../emulator/runtime/scheduler.ts";
import { AlarmStore } from "./alarms/store.ts";
import { ContributionStore } from "./insights/contribution-store.ts";
import { MetricStore } from "./metric-store.ts";

const INTERVAL_MS = 24 * 3_600_000;
/** What is looked at in one go: requests wait for it. */
const MOST_AT_ONCE = 2_000;

/**
 * Makes old data coarser and removes what is too old, once in 24 hours. When that was is kept: an emulator that never runs for a
 * day sweeps when it starts.
 */
export class MetricSweep {
  readonly #host: Host;
  readonly #metrics: (scope: AlarmStore["scope"]) => MetricStore;
  readonly #swept: Table<number>;
  #timer: Timer | undefined;

  constructor(host: Host, metrics: (scope: AlarmStore["scope"]) => MetricStore) {
    this.#host = host;
    this.#metrics = metrics;
    this.#swept = host.storage.table("cloudwatch/swept");
  }

  start(): void {
    const now = this.#host.clock.now();
    this.#arm(Math.max(0, (this.#swept.get(["at"]) ?? now) + INTERVAL_MS - now));
    if (!this.#swept.has(["at"])) this.#swept.put(["at"], now);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #arm(waitMs: number): void {
    this.#timer = this.#host.scheduler.after(waitMs, () => this.#sweep("data", undefined));
  }

  /** Goes on behind the place `after`: buckets first, then what is known of metrics, then contributions. */
  #sweep(of: "data" | "metrics", after: readonly KeyPart[] | undefined): void {
    const keys = MetricStore.keys(this.#host, of, after, MOST_AT_ONCE);
    for (const key of keys) {
      const [account, region] = key as [string, string];
      const store = this.#metrics({ account, region });
      if (of === "data") store.coarsen(key);
      else store.forget(key);
    }
    const isWhole = keys.length < MOST_AT_ONCE;
    if (!isWhole) this.#next(() => this.#sweep(of, keys.at(-1)));
    else if (of === "data") this.#next(() => this.#sweep("metrics", undefined));
    else this.#next(() => this.#sweepContributions(undefined));
  }

  #sweepContributions(after: readonly KeyPart[] | undefined): void {
    const keys = ContributionStore.keys(this.#host, after, MOST_AT_ONCE);
    ContributionStore.sweep(this.#host, keys);
    if (keys.length < MOST_AT_ONCE) this.#finish();
    else this.#next(() => this.#sweepContributions(keys.at(-1)));
  }

  #next(work: () => void): void {
    this.#timer = this.#host.scheduler.after(0, work);
  }

  #finish(): void {
    for (const scope of AlarmStore.historyScopes(this.#host)) new AlarmStore(this.#host, scope).sweepHistory();
    this.#swept.put(["at"], this.#host.clock.now());
    this.#arm(INTERVAL_MS);
  }
}
