import { unsupported } from "../../emulator/model/errors.ts";
import type { TimeSeries } from "./math/model.ts";
import type { MetricQuery } from "./model.ts";

/** The names of queries that give none: the metric's name, with the statistic and the period where these differ. */
export function defaultLabels(queries: readonly MetricQuery[]): Map<string, string> {
  const stats = queries.flatMap(({ stat }) => (stat ? [stat] : []));
  const severalStats = new Set(stats.map(({ stat }) => stat)).size > 1;
  const severalPeriods = new Set(stats.map(({ period }) => period)).size > 1;
  return new Map(
    queries.map(({ id, stat }) => [
      id,
      stat
        ? [stat.metric.name, severalStats && stat.stat, severalPeriods && stat.period]
            .filter((part) => part !== false)
            .join(" ")
        : id,
    ]),
  );
}

const DYNAMIC = /\$\{([A-Z_]+|PROP\('([^']+)'\))\}/g;

const numbers: Readonly<Record<string, (values: readonly number[]) => number>> = {
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  DATAPOINT_COUNT: (values) => values.length,
  FIRST: (values) => values[0] ?? 0,
  LAST: (values) => values.at(-1) ?? 0,
  MAX: (values) => Math.max(...values),
  MIN: (values) => Math.min(...values),
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
};

/** A label with its dynamic parts filled in: `${MAX}`, `${PROP('MetricName')}`, `${LAST_TIME}`. `timezone`: +HHMM. */
export function fillLabel(
  label: string,
  query: MetricQuery,
  { points }: TimeSeries,
  fallback: string,
  timezone = "+0000",
): string {
  return label.replaceAll(DYNAMIC, (whole, name: string, property?: string) => {
    if (property !== undefined) return propertyOf(query, property);
    if (name === "LABEL") return fallback;
    const isTime = name.endsWith("_TIME");
    const compute = numbers[isTime ? name.slice(0, -5) : name];
    if (!compute || (isTime && (name === "AVG_TIME" || name === "SUM_TIME")))
      throw unsupported(`The dynamic label ${whole}`);
    if (points.size === 0) return "--";
    const value = compute([...points.values()]);
    if (!isTime) return String(Number(value.toFixed(3)));
    const time = [...points].find(([, point]) => point === value)?.[0] ?? 0;
    return inTimezone(name === "LAST_TIME" ? ([...points.keys()].at(-1) ?? 0) : time, timezone);
  });
}

function propertyOf({ stat, expression }: MetricQuery, name: string): string {
  const dimension = /^Dim\.(.+)$/.exec(name)?.[1];
  if (dimension !== undefined) return stat?.metric.dimensions.find(({ Name }) => Name === dimension)?.Value ?? "";
  const properties: Readonly<Record<string, string | number | undefined>> = {
    MetricName: stat?.metric.name,
    Namespace: stat?.metric.namespace,
    Period: stat?.period,
    Stat: stat?.stat,
    Expression: expression,
  };
  if (!Object.hasOwn(properties, name)) throw unsupported(`The dynamic label \${PROP('${name}')}`);
  return String(properties[name] ?? "");
}

function inTimezone(time: number, timezone: string): string {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(timezone) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1);
  return new Date(time + offset).toISOString().slice(0, 19);
}
