import type { Host } from "../../emulator/model/context.ts";
import type { MetricUnit } from "../../emulator/runtime/metrics.ts";
import type { Scope } from "./model.ts";

const UNITS: readonly (readonly [ending: string, unit: MetricUnit])[] = [
  ["Bytes", "Bytes"],
  ["DataFreshness", "Seconds"],
  ["Latency", "Milliseconds"],
  ["Duration", "Milliseconds"],
];

/** Publishes metrics of a stream in AWS/Firehose; their units follow from their names. */
export function record(
  host: Pick<Host, "metrics" | "clock">,
  { account, region }: Scope,
  name: string,
  values: Readonly<Record<string, number>>,
): void {
  for (const [metric, value] of Object.entries(values)) {
    const unit = UNITS.find(([ending]) => metric.endsWith(ending))?.[1] ?? "Count";
    const dimensions = { DeliveryStreamName: name };
    host.metrics.record(
      { account, region },
      { namespace: "AWS/Firehose", name: metric, dimensions, value, unit },
      host.clock.now(),
    );
  }
}
