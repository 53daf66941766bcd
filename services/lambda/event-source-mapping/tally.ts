import type { Host } from "../../../emulator/model/context.ts";
import type { Series } from "../../../emulator/runtime/metrics.ts";
import type { Mapping } from "./model.ts";

/** What is counted of records, and the metric of AWS for each. */
const METRICS = {
  read: "PolledEventCount",
  filtered: "FilteredOutEventCount",
  invoked: "InvokedEventCount",
  failed: "FailedInvokeEventCount",
  /** Given up. */
  discarded: "DroppedEventCount",
  /** Given up, and told to the on-failure destination. */
  sentOnFailure: "OnFailureDestinationDeliveredEventCount",
  /** From the queue. */
  deleted: "DeletedEventCount",
} as const;

type Counted = keyof typeof METRICS;

export const NOTHING_COUNTED: Readonly<Record<Counted, number>> = {
  read: 0,
  filtered: 0,
  invoked: 0,
  failed: 0,
  discarded: 0,
  sentOnFailure: 0,
  deleted: 0,
};

/**
 * Counts records on their way; publishes the counts where the mapping's MetricsConfig asks for it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
 */
export class Tally {
  readonly #host: Pick<Host, "clock" | "metrics">;
  readonly #mapping: Mapping;
  readonly #series = new Map<Counted, Series>();
  readonly #counts: Record<Counted, number> = { ...NOTHING_COUNTED };

  constructor(host: Pick<Host, "clock" | "metrics">, mapping: Mapping) {
    this.#host = host;
    this.#mapping = mapping;
  }

  get counts(): Readonly<Record<Counted, number>> {
    return this.#counts;
  }

  add(counted: Counted, count: number): void {
    if (count === 0) return;
    this.#counts[counted] += count;
    if (this.#mapping.settings.countsEvents === true) this.#seriesOf(counted).add(count, this.#host.clock.now());
  }

  #seriesOf(counted: Counted): Series {
    let series = this.#series.get(counted);
    if (!series) {
      const dimensions = { EventSourceMappingUUID: this.#mapping.uuid };
      const metric = { namespace: "AWS/Lambda", name: METRICS[counted], dimensions, unit: "Count" };
      this.#series.set(counted, (series = this.#host.metrics.series(this.#mapping, metric)));
    }
    return series;
  }
}
