import type { Context, Host } from "../../emulator/model/context.ts";
import type { Service } from "../../emulator/model/service.ts";
import type { MetricUnit } from "../../emulator/runtime/metrics.ts";
import type { Scope } from "./model.ts";

const UNITS: readonly (readonly [ending: string, unit: MetricUnit])[] = [
  ["Bytes", "Bytes"],
  ["DataFreshness", "Seconds"],
  ["Latency", "Milliseconds"],
  ["Duration", "Milliseconds"],
  ["MillisBehindLatest", "Milliseconds"],
];

const units = new Map<string, MetricUnit>();

/** Follows from the name. */
function unitOf(metric: string): MetricUnit {
  let unit = units.get(metric);
  if (unit === undefined) {
    unit = UNITS.find(([ending]) => metric.endsWith(ending))?.[1] ?? "Count";
    units.set(metric, unit);
  }
  return unit;
}

/** Publishes metrics in AWS/Firehose: of a stream, or, of what concerns none, of the account and region. */
export function record(
  host: Pick<Host, "metrics" | "clock">,
  { account, region }: Scope,
  stream: string | undefined,
  values: Readonly<Record<string, number>>,
): void {
  const dimensions: Record<string, string> = stream === undefined ? {} : { DeliveryStreamName: stream };
  const now = host.clock.now();
  for (const metric in values) {
    const metricOf = { namespace: "AWS/Firehose", name: metric, dimensions, unit: unitOf(metric) };
    host.metrics.record({ account, region }, { ...metricOf, value: values[metric] ?? 0 }, now);
  }
}

/** Operations whose latency is published, and what they are called there. */
const MEASURED: Readonly<Record<string, string>> = {
  DescribeDeliveryStream: "DescribeDeliveryStream",
  ListDeliveryStreams: "ListDeliveryStreams",
  PutRecord: "PutRecord",
  PutRecordBatch: "PutRecordBatch",
  UpdateDestination: "UpdateDeliveryStream",
};

type Run = (ctx: Context, input: { readonly DeliveryStreamName?: string }) => unknown;

/**
 * Counts and times the operations for which AWS does so, when they succeed.
 * @see https://docs.aws.amazon.com/firehose/latest/dev/fh-metrics-api-cw.html
 */
export function measured(service: Service): Service {
  const operations = Object.entries(service.operations).map(([name, run]) => {
    const metric = MEASURED[name];
    return [name, metric === undefined ? run : measure(metric, run)];
  });
  return { ...service, operations: Object.fromEntries(operations) as Service["operations"] };
}

const measure =
  (metric: string, run: Run): Run =>
  async (ctx, input) => {
    const startedAt = performance.now();
    const answer = await run(ctx, input);
    // to a hundredth: more digits would only make more different values
    const latency = Math.round((performance.now() - startedAt) * 100) / 100;
    record(ctx, ctx, input.DeliveryStreamName, { [`${metric}.Latency`]: latency, [`${metric}.Requests`]: 1 });
    return answer;
  };
