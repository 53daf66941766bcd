import type { Host } from "../../emulator/model/context.ts";
import type { Engine } from "../../emulator/model/service.ts";
import type { Timer } from "../../emulator/runtime/scheduler.ts";
import { AlarmRunner, stepOf } from "./alarms/runner.ts";
import { AlarmStore } from "./alarms/store.ts";
import { MetricStore, sortDimensions } from "./metric-store.ts";
import type { Metric } from "./model.ts";

/** What services measure is written so long after the first measurement; a read writes it at once. */
const FLUSH_MS = 10_000;
const SWEEP_MS = 24 * 3_600_000;

interface Scope {
  readonly account: string;
  readonly region: string;
}

/** What runs by itself in CloudWatch: the emulator's own metrics are written, alarms evaluated, old data made coarser. */
export class CloudWatchEngine implements Engine {
  readonly runner: AlarmRunner;
  readonly #host: Host;
  #isRunning = false;
  #flushTimer: Timer | undefined;
  #evaluation: { readonly timer: Timer; readonly at: number } | undefined;
  #sweepTimer: Timer | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.runner = new AlarmRunner(host, (scope) => new MetricStore(host, scope));
    host.metrics.whenPending((full) => this.#armFlush(full));
  }

  start(): void {
    this.#isRunning = true;
    if (MetricStore.scopes(this.#host).length > 0) this.#armSweep();
    for (const scope of AlarmStore.pendingScopes(this.#host)) this.runner.act(new AlarmStore(this.#host, scope));
    this.armEvaluation();
  }

  stop(): void {
    this.#isRunning = false;
    this.#flushTimer?.cancel();
    this.#evaluation?.timer.cancel();
    this.#sweepTimer?.cancel();
    this.flush();
  }

  /** Writes what the services have measured. */
  flush(): void {
    this.#flushTimer?.cancel();
    this.#flushTimer = undefined;
    const measured = this.#host.metrics.drain();
    if (measured.length === 0) return;
    this.#armSweep();
    this.#host.storage.write(() => {
      for (const { scope, metric, buckets } of measured) {
        const { namespace, name, dimensions, unit, resolution = 60 } = metric;
        const sorted = sortDimensions(Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })));
        const known: Metric = { namespace, name, dimensions: sorted };
        new MetricStore(this.#host, scope).add(
          known,
          [...buckets].map(([start, data]) => ({ start, resolution, unit, data: data.stored() })),
        );
      }
    });
  }

  #armFlush(full: boolean): void {
    if (!this.#isRunning || (this.#flushTimer && !full)) return;
    this.#flushTimer?.cancel();
    this.#flushTimer = this.#host.scheduler.after(full ? 0 : FLUSH_MS, () => this.flush());
  }

  /** Sets the timer to the next time at which an alarm has to be evaluated; without alarms there is none. */
  armEvaluation(): void {
    if (!this.#isRunning) return;
    const step = stepOf(this.#scopes().flatMap((scope) => new AlarmStore(this.#host, scope).all()));
    const now = this.#host.clock.now();
    const at = step === undefined ? undefined : now - (now % step) + step;
    if (this.#evaluation?.at === at) return;
    this.#evaluation?.timer.cancel();
    this.#evaluation =
      at === undefined ? undefined : { at, timer: this.#host.scheduler.after(at - now, () => this.#evaluate(at)) };
  }

  #evaluate(at: number): void {
    this.#evaluation = undefined;
    this.flush();
    try {
      for (const scope of this.#scopes()) this.runner.evaluate(new AlarmStore(this.#host, scope), at);
    } finally {
      this.armEvaluation();
    }
  }

  #scopes(): Scope[] {
    return AlarmStore.scopes(this.#host);
  }

  #armSweep(): void {
    if (!this.#isRunning) return;
    this.#sweepTimer ??= this.#host.scheduler.after(SWEEP_MS, () => {
      this.#sweepTimer = undefined;
      for (const scope of MetricStore.scopes(this.#host)) {
        new MetricStore(this.#host, scope).sweep();
        new AlarmStore(this.#host, scope).sweepHistory();
      }
      if (MetricStore.scopes(this.#host).length > 0) this.#armSweep();
    });
  }
}
