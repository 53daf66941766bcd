import { INSIGHT_METRICS, isInsightMetric } from "../insights/report.ts";
import { isList, isSeries, mathError, type Scope, type TimeSeries, type Value } from "./model.ts";

type MathFunction = (args: readonly Value[], scope: Scope) => Value;

/** Functions that AWS has and that are not here. */
export const NOT_HERE: ReadonlySet<string> = new Set([
  "ANOMALY_DETECTION_BAND",
  "DB_PERF_INSIGHTS",
  "LAMBDA",
  "SEARCH",
  "SERVICE_QUOTA",
]);

/** Words that stand for themselves as arguments. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...["REPEAT", "LINEAR", "ASC", "DESC"],
  ...Object.keys(INSIGHT_METRICS),
]);

type Values = readonly number[];

const total = (values: Values): number => values.reduce((sum, value) => sum + value, 0);
const mean = (values: Values): number => total(values) / values.length;

const aggregates: Readonly<Record<string, (values: Values) => number>> = {
  SUM: total,
  AVG: mean,
  MIN: (values) => values.reduce((a, b) => Math.min(a, b)),
  MAX: (values) => values.reduce((a, b) => Math.max(a, b)),
  STDDEV: (values) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2))),
  DATAPOINT_COUNT: (values) => values.length,
};

const date = (time: number) => new Date(time);
const calendar: Readonly<Record<string, (time: number) => number>> = {
  MINUTE: (time) => date(time).getUTCMinutes(),
  HOUR: (time) => date(time).getUTCHours(),
  DAY: (time) => date(time).getUTCDay() || 7,
  DATE: (time) => date(time).getUTCDate(),
  MONTH: (time) => date(time).getUTCMonth() + 1,
  YEAR: (time) => date(time).getUTCFullYear(),
  EPOCH: (time) => Math.floor(time / 1000),
};

const pointwise: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
  LOG: Math.log,
  LOG10: Math.log10,
};

export const wrongArguments = (name: string) => mathError(`Wrong arguments of ${name}`);

function eachSeries(name: string, value: Value | undefined, change: (series: TimeSeries) => TimeSeries): Value {
  if (value === undefined || typeof value === "number" || typeof value === "string") throw wrongArguments(name);
  return isSeries(value) ? change(value) : value.map(change);
}

/** Of one time series a number, of several a time series: of the values at the same time. */
function aggregate(name: string, compute: (values: Values) => number): MathFunction {
  return ([value]) => {
    if (value === undefined || typeof value === "string") throw wrongArguments(name);
    if (typeof value === "number") return compute([value]);
    if (isSeries(value)) return value.points.size === 0 ? 0 : compute([...value.points.values()]);
    const byTime = new Map<number, number[]>();
    for (const { points } of value) {
      for (const [time, point] of points) byTime.set(time, [...(byTime.get(time) ?? []), point]);
    }
    const points = new Map([...byTime].toSorted(([a], [b]) => a - b).map(([time, values]) => [time, compute(values)]));
    return { label: name, period: Math.max(60, ...value.map(({ period }) => period)), points };
  };
}

/** Each data point by itself and the one before it. */
function steps(name: string, compute: (now: number, before: number, seconds: number) => number): MathFunction {
  return ([value]) =>
    eachSeries(name, value, (series) => {
      const points = new Map<number, number>();
      let last: readonly [number, number] | undefined;
      for (const [time, point] of series.points) {
        if (last) points.set(time, compute(point, last[1], (time - last[0]) / 1000));
        last = [time, point];
      }
      return { ...series, points };
    });
}

const mapPoints = (series: TimeSeries, change: (value: number, time: number) => number): TimeSeries => ({
  ...series,
  points: new Map(
    [...series.points]
      .map(([time, value]) => [time, change(value, time)] as const)
      .filter(([, value]) => Number.isFinite(value)),
  ),
});

/** The starts of all periods of the request. */
function* gridOf({ start, end }: Scope, period: number): Generator<number> {
  for (let time = start; time < end; time += period * 1000) yield time;
}

const fill: MathFunction = ([value, filler], scope) => {
  if (filler === undefined || isList(filler)) throw wrongArguments("FILL");
  return eachSeries("FILL", value, (series) => {
    const known = [...series.points];
    const at = (time: number): number | undefined => {
      if (typeof filler === "number") return filler;
      if (isSeries(filler)) return filler.points.get(time);
      const before = known.findLast(([other]) => other < time);
      const after = known.find(([other]) => other > time);
      if (filler === "REPEAT") return before?.[1];
      if (filler !== "LINEAR") throw wrongArguments("FILL");
      if (!before || !after) return (before ?? after)?.[1];
      return before[1] + ((after[1] - before[1]) * (time - before[0])) / (after[0] - before[0]);
    };
    const points = new Map<number, number>();
    for (const time of gridOf(scope, series.period)) {
      const point = series.points.get(time) ?? at(time);
      if (point !== undefined) points.set(time, point);
    }
    return { ...series, points };
  });
};

const conditional: MathFunction = ([condition, ...sides], scope) => {
  const all = [condition, ...sides];
  if (all.length < 2 || all.length > 3) throw wrongArguments("IF");
  const parts = all.map((value) => {
    if (value === undefined || typeof value === "string" || isList(value)) throw wrongArguments("IF");
    return value;
  });
  const [test = 0, whenTrue = 0, whenFalse] = parts;
  if (typeof test === "number" && typeof whenTrue === "number" && typeof whenFalse === "number") {
    return test === 0 ? whenFalse : whenTrue;
  }
  const series = parts.filter((value) => typeof value !== "number");
  const points = new Map<number, number>();
  for (const time of typeof test === "number" ? timesOf(series) : test.points.keys()) {
    const chosen = pointAt(pointAt(test, time) === 0 ? whenFalse : whenTrue, time);
    if (chosen !== undefined) points.set(time, chosen);
  }
  const period = Math.max(scope.period ?? 0, ...series.map((each) => each.period));
  return { label: series[0]?.label ?? "IF", period, points };
};

const pointAt = (value: number | TimeSeries | undefined, time: number): number | undefined =>
  typeof value === "number" ? value : value?.points.get(time);

/** Every time at which one of them has a data point, in order. */
const timesOf = (series: readonly TimeSeries[]): number[] =>
  [...new Set(series.flatMap(({ points }) => [...points.keys()]))].toSorted((a, b) => a - b);

function listOf(name: string, value: Value | undefined): readonly TimeSeries[] {
  if (value === undefined || !isList(value)) throw wrongArguments(name);
  return value;
}

const sort: MathFunction = ([value, by, order, limit]) => {
  const compute = typeof by === "string" ? aggregates[by] : undefined;
  if (!compute || (order !== "ASC" && order !== "DESC")) throw wrongArguments("SORT");
  const rank = ({ points }: TimeSeries) =>
    points.size === 0 ? Number.NEGATIVE_INFINITY : compute([...points.values()]);
  const sorted = listOf("SORT", value).toSorted((a, b) => (order === "ASC" ? rank(a) - rank(b) : rank(b) - rank(a)));
  return typeof limit === "number" ? sorted.slice(0, limit) : sorted;
};

const slice: MathFunction = ([value, from, to]) => {
  const list = listOf("SLICE", value);
  if (typeof from !== "number") throw wrongArguments("SLICE");
  if (to === undefined) return list[from] ?? { label: "SLICE", period: 60, points: new Map<number, number>() };
  if (typeof to !== "number") throw wrongArguments("SLICE");
  return list.slice(from, to);
};

const period: MathFunction = ([value]) => {
  if (value === undefined || !isSeries(value)) throw wrongArguments("PERIOD");
  return value.period;
};

/** The period of an expression that names none. */
const periodIn = (scope: Scope): number =>
  scope.period ?? Math.max(60, ...scope.metrics().map(([, series]) => series.period));

const insightRuleMetric: MathFunction = ([rule, metric], scope) => {
  if (typeof rule !== "string" || typeof metric !== "string" || !isInsightMetric(metric)) {
    throw wrongArguments("INSIGHT_RULE_METRIC");
  }
  return scope.insights(rule, metric, periodIn(scope));
};

const timeSeries: MathFunction = ([value], scope) => {
  if (typeof value !== "number") throw wrongArguments("TIME_SERIES");
  const seconds = periodIn(scope);
  return {
    label: "TIME_SERIES",
    period: seconds,
    points: new Map(Number.isFinite(value) ? [...gridOf(scope, seconds)].map((time) => [time, value]) : []),
  };
};

const runningSum: MathFunction = ([value]) =>
  eachSeries("RUNNING_SUM", value, (series) => {
    let sum = 0;
    return mapPoints(series, (point) => (sum += point));
  });

const metrics: MathFunction = ([part], scope) => {
  if (part !== undefined && typeof part !== "string") throw wrongArguments("METRICS");
  return scope
    .metrics()
    .filter(([id]) => part === undefined || id.includes(part))
    .map(([, series]) => series);
};

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
export const functions: Readonly<Record<string, MathFunction>> = {
  ...Object.fromEntries(Object.entries(aggregates).map(([name, compute]) => [name, aggregate(name, compute)])),
  ...Object.fromEntries(
    Object.entries(pointwise).map(([name, compute]): [string, MathFunction] => [
      name,
      ([value]) =>
        typeof value === "number" ? compute(value) : eachSeries(name, value, (series) => mapPoints(series, compute)),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(calendar).map(([name, compute]): [string, MathFunction] => [
      name,
      ([value]) => eachSeries(name, value, (series) => mapPoints(series, (_point, time) => compute(time))),
    ]),
  ),
  DIFF: steps("DIFF", (now, before) => now - before),
  DIFF_TIME: steps("DIFF_TIME", (_now, _before, seconds) => seconds),
  RATE: steps("RATE", (now, before, seconds) => (now - before) / seconds),
  RUNNING_SUM: runningSum,
  FILL: fill,
  IF: conditional,
  INSIGHT_RULE_METRIC: insightRuleMetric,
  METRICS: metrics,
  METRIC_COUNT: ([value]) => listOf("METRIC_COUNT", value).length,
  PERIOD: period,
  FIRST: ([value]) => listOf("FIRST", value)[0] ?? { label: "FIRST", period: 60, points: new Map<number, number>() },
  LAST: ([value]) => listOf("LAST", value).at(-1) ?? { label: "LAST", period: 60, points: new Map<number, number>() },
  REMOVE_EMPTY: ([value]) => listOf("REMOVE_EMPTY", value).filter(({ points }) => points.size > 0),
  SLICE: slice,
  SORT: sort,
  TIME_SERIES: timeSeries,
};
