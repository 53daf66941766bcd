import type { Host } from "../../emulator/model/context.ts";
import type { MetricUnit, Series } from "../../emulator/runtime/metrics.ts";
import type { Scope } from "./model.ts";

const NAMESPACE = "AWS/Lambda";

/** Whom a measurement is of; without `resource`, of the function as a whole only. */
export interface Measured extends Scope {
  readonly functionName: string;
  /** NAME or NAME:QUALIFIER, as it was called. */
  readonly resource?: string;
}

/**
 * The metrics of functions: for each function, for each name by which it is called, and for all functions of the region together.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export class FunctionMetrics {
  readonly #host: Pick<Host, "metrics" | "clock">;
  readonly #running = new Map<string, number>();
  readonly #series = new Map<string, readonly Series[]>();

  constructor(host: Pick<Host, "metrics" | "clock">) {
    this.#host = host;
  }

  /** @returns what tells how the invocation ended; `durationMs` undefined: the function did not come to run */
  started(of: Measured): (failed: boolean | undefined, durationMs: number | undefined) => void {
    const names = [`${of.account}/${of.region}`, `${of.account}/${of.region}/${of.functionName}`];
    const counts = names.map((name) => {
      const count = (this.#running.get(name) ?? 0) + 1;
      this.#running.set(name, count);
      return count;
    });
    const now = this.#host.clock.now();
    // the first is of all functions, the second of this one
    const [all, own] = this.#seriesOf({ ...of, resource: undefined }, "ConcurrentExecutions", "Count");
    all?.add(counts[0] ?? 1, now);
    own?.add(counts[1] ?? 1, now);
    return (failed, durationMs) => {
      for (const name of names) {
        const left = (this.#running.get(name) ?? 1) - 1;
        if (left === 0) this.#running.delete(name);
        else this.#running.set(name, left);
      }
      // an event that was refused as no JSON is no invocation
      if (failed === undefined) return;
      this.record(of, "Invocations", 1, "Count", now);
      this.record(of, "Errors", failed ? 1 : 0, "Count", now);
      this.record(of, "Throttles", 0, "Count", now);
      if (durationMs !== undefined) this.record(of, "Duration", durationMs, "Milliseconds", now);
    };
  }

  record(of: Measured, name: string, value: number, unit: MetricUnit, atMs = this.#host.clock.now()): void {
    for (const series of this.#seriesOf(of, name, unit)) series.add(value, atMs);
  }

  #seriesOf(of: Measured, name: string, unit: MetricUnit): readonly Series[] {
    const { account, region, functionName: FunctionName, resource: Resource } = of;
    const key = `${account}/${region}/${FunctionName}/${Resource}/${name}`;
    let found = this.#series.get(key);
    if (!found) {
      const dimensions: Record<string, string>[] = [{}, { FunctionName }];
      if (Resource !== undefined) dimensions.push({ FunctionName, Resource });
      found = dimensions.map((each) =>
        this.#host.metrics.series(of, { namespace: NAMESPACE, name, dimensions: each, unit }),
      );
      // functions come and go
      if (this.#series.size >= 10_000) this.#series.clear();
      this.#series.set(key, found);
    }
    return found;
  }
}

/** The name by which a function was called, out of its ARN: NAME or NAME:QUALIFIER. */
export const resourceOf = (invokedArn: string): string => invokedArn.split(":").slice(6).join(":");
