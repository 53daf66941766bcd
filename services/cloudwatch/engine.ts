import type { Host } from "../../emulator/model/context.ts";
import type { Engine } from "../../emulator/model/service.ts";
import type { Timer } from "../../emulator/runtime/scheduler.ts";
import { AlarmRunner, stepOf } from "./alarms/runner.ts";
import { AlarmStore } from "./alarms/store.ts";
import { ContributionStore } from "./insights/contribution-store.ts";
import { OwnRules } from "./insights/own-rules.ts";
import { MetricStore, sortDimensions } from "./metric-store.ts";
import { MetricSweep } from "./metric-sweep.ts";
import type { Alarm, Metric } from "./model.ts";

/** What services measure is written so long after the first measurement; a read writes it at once. */
const FLUSH_MS = 10_000;

interface Scope {
  readonly account: string;
  readonly region: string;
}

/** What runs by itself in CloudWatch: the emulator's own metrics are written, alarms evaluated, old data made coarser. */
export class CloudWatchEngine implements Engine {
  readonly runner: AlarmRunner;
  readonly #host: Host;
  readonly #sweep: MetricSweep;
  readonly #metricStores = new Map<string, MetricStore>();
  #isRunning = false;
  #flushTimer: Timer | undefined;
  #evaluation: { readonly timer: Timer; readonly at: number } | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#sweep = new MetricSweep(host, (scope) => this.#metrics(scope));
    this.runner = new AlarmRunner(host, (scope) => this.#metrics(scope));
    host.metrics.whenPending((full) => this.#armFlush(full));
    host.contributions.whenPending((full) => this.#armFlush(full));
    host.contributions.keep((scope) => new OwnRules(host, scope).shown());
    host.contributions.whenLogged((scope, group, events) => new OwnRules(host, scope).read(group, events));
  }

  start(): void {
    this.#isRunning = true;
    this.#sweep.start();
    for (const scope of AlarmStore.pendingScopes(this.#host)) this.runner.act(new AlarmStore(this.#host, scope));
    this.#armEvaluation(this.#alarms().flatMap(({ alarms }) => alarms));
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#flushTimer?.cancel();
    this.#evaluation?.timer.cancel();
    this.#sweep.stop();
    this.flush();
    await this.runner.stop();
  }

  /** Writes what the services have measured. */
  flush(): void {
    this.#flushTimer?.cancel();
    this.#flushTimer = undefined;
    const measured = this.#host.metrics.drain();
    const contributed = this.#host.contributions.drain();
    if (measured.length === 0 && contributed.length === 0) return;
    this.#host.storage.write(() => {
      for (const { scope, metric, buckets } of measured) {
        const { namespace, name, dimensions, unit, resolution = 60 } = metric;
        const sorted = sortDimensions(Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })));
        const known: Metric = { namespace, name, dimensions: sorted };
        this.#metrics(scope).add(
          known,
          [...buckets].map(([start, data]) => ({ start, resolution, unit, data: data.stored() })),
        );
      }
      for (const each of contributed) new ContributionStore(this.#host, each.scope).add(each);
    });
  }

  /** An alarm is new, or has other settings: it may have to be looked at earlier than those that are there. */
  watch(alarm: Alarm): void {
    this.#armEvaluation([alarm]);
  }

  #metrics(scope: Scope): MetricStore {
    const key = `${scope.account} ${scope.region}`;
    let store = this.#metricStores.get(key);
    if (!store) this.#metricStores.set(key, (store = new MetricStore(this.#host, scope)));
    return store;
  }

  #armFlush(full: boolean): void {
    if (!this.#isRunning || (this.#flushTimer && !full)) return;
    this.#flushTimer?.cancel();
    this.#flushTimer = this.#host.scheduler.after(full ? 0 : FLUSH_MS, () => this.flush());
  }

  /** Sets the timer to the next time at which one of the alarms has to be evaluated, unless it is set to an earlier one. */
  #armEvaluation(alarms: readonly Alarm[]): void {
    const step = stepOf(alarms);
    if (!this.#isRunning || step === undefined) return;
    const now = this.#host.clock.now();
    const at = now - (now % step) + step;
    if (this.#evaluation && this.#evaluation.at <= at) return;
    this.#evaluation?.timer.cancel();
    this.#evaluation = { at, timer: this.#host.scheduler.after(at - now, () => this.#evaluate(at)) };
  }

  #evaluate(at: number): void {
    this.#evaluation = undefined;
    const found = this.#alarms();
    try {
      this.flush();
      for (const { store, alarms } of found) this.runner.evaluate(store, alarms, at);
    } finally {
      this.#armEvaluation(found.flatMap(({ alarms }) => alarms));
    }
  }

  #alarms(): { readonly store: AlarmStore; readonly alarms: readonly Alarm[] }[] {
    return AlarmStore.scopes(this.#host).map((scope) => {
      const store = new AlarmStore(this.#host, scope);
      return { store, alarms: store.all() };
    });
  }
}
