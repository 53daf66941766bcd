import { unsupported } from "../../emulator/model/errors.ts";
import type { InputOf } from "../../emulator/model/sdk.ts";
import { validationError } from "./errors.ts";
import { evaluate } from "./math/evaluate.ts";
import type { ContributionStore } from "./insights/contribution-store.ts";
import { contributedBy, INSIGHT_METRICS, type InsightMetric } from "./insights/report.ts";
import { isSeries, mathError, type Scope, type TimeSeries, type Value } from "./math/model.ts";
import { idsOf, parseExpression } from "./math/parse.ts";
import { sortDimensions, type MetricStore } from "./metric-store.ts";
import type { MetricQuery, MetricStat } from "./model.ts";
import { parseStatistic } from "./statistics.ts";
import { isPeriod, readWindows } from "./windows.ts";

type QueryInput = InputOf<"cloudwatch", "GetMetricData">["MetricDataQueries"][number];

const ID = /^[a-z][A-Za-z0-9_]*$/;

/**
 * Checks the queries of a request and takes them into the model; `at` is the member's name in error texts.
 * @throws ValidationError
 */
export function readQueries(queries: readonly QueryInput[], at: string): MetricQuery[] {
  const read = queries.map((query, index) => readQuery(query, `${at}.member.${index + 1}`));
  const ids = new Set(read.map(({ id }) => id));
  if (ids.size < read.length) throw validationError(`The values for parameter id in ${at} are not unique.`);
  for (const { id, expression } of read) {
    if (expression === undefined) continue;
    for (const name of idsOf(parseExpression(expression))) {
      if (name === id) throw mathError(`'${id}' refers to itself`);
    }
  }
  return read;
}

function readQuery(query: QueryInput, at: string): MetricQuery {
  if (query.AccountId !== undefined) throw unsupported(`${at}.AccountId`);
  const { Id: id, MetricStat: stat, Expression: expression } = query;
  if (!ID.test(id)) {
    throw validationError(
      `The value ${id} for parameter ${at}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    );
  }
  if (stat && expression !== undefined) {
    throw validationError(
      `The parameters ${at}.Expression and ${at}.MetricStat are mutually exclusive and you have specified both.`,
    );
  }
  if (!stat && expression === undefined) {
    throw validationError(`The parameter ${at}.MetricStat is required.\n`);
  }
  if (expression !== undefined && /^\s*SELECT\b/i.test(expression)) throw unsupported("A Metrics Insights query");
  if (query.Period !== undefined && !isPeriod(query.Period)) throw invalidPeriod(`${at}.Period`);
  return {
    id,
    ...(stat && { stat: readStat(stat, `${at}.MetricStat`) }),
    ...(expression !== undefined && { expression }),
    ...(query.Label !== undefined && { label: query.Label }),
    ...(query.Period !== undefined && { period: query.Period }),
    returnData: query.ReturnData ?? true,
  };
}

const invalidPeriod = (at: string) =>
  validationError(`The parameter ${at} must be 1, 5, 10, 20, 30 or a multiple of 60.`);

function readStat(
  { Metric: metric, Period, Stat, Unit }: NonNullable<QueryInput["MetricStat"]>,
  at: string,
): MetricStat {
  if (!isPeriod(Period)) throw invalidPeriod(`${at}.Period`);
  if (!parseStatistic(Stat)) throw validationError(`The value for parameter ${at}.Stat is not a valid statistic.`);
  const { Namespace: namespace = "", MetricName: name = "", Dimensions } = metric;
  return {
    metric: { namespace, name, dimensions: sortDimensions(Dimensions) },
    period: Period,
    stat: Stat,
    ...(Unit !== undefined && { unit: Unit }),
  };
}

/** The result of a query for one metric. */
export interface StatResult extends TimeSeries {
  /** How many samples each data point is of. */
  readonly samples: ReadonlyMap<number, number>;
  /** Every unit that was found; the first in the order of their names was taken. */
  readonly units: readonly string[];
}

/** Epoch milliseconds; the start is of the request, each query may round it to its period. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly now: number;
}

/** The values of one statistic of one metric. */
export function readStatistic(
  store: Pick<MetricStore, "buckets">,
  { metric, period, stat, unit }: MetricStat,
  { start, end, now }: Span,
): StatResult {
  const byUnit = readWindows(store, metric, { start, end, periodMs: period * 1000 }, now, unit);
  const units = [...byUnit.keys()].toSorted();
  const compute = parseStatistic(stat);
  const points = new Map<number, number>();
  const samples = new Map<number, number>();
  for (const [time, data] of byUnit.get(units[0] ?? "") ?? []) {
    const value = compute?.(data);
    if (value === undefined) continue;
    points.set(time, value);
    samples.set(time, data.count);
  }
  return { label: metric.name, period, points, samples, units };
}

/** What queries are answered from. */
export interface QuerySources {
  readonly metrics: Pick<MetricStore, "buckets">;
  readonly contributions: Pick<ContributionStore, "minutes">;
}

/** Runs queries that may name each other, each once. */
export class QueryRun implements Scope {
  readonly start: number;
  readonly end: number;
  readonly #sources: QuerySources;
  readonly #queries: ReadonlyMap<string, MetricQuery>;
  readonly #span: Span;
  readonly #startOf: (periodSeconds: number) => number;
  readonly #results = new Map<string, Value>();
  readonly #stats = new Map<string, StatResult>();
  readonly #running = new Set<string>();

  constructor(
    sources: QuerySources,
    queries: readonly MetricQuery[],
    span: Span,
    startOf: (periodSeconds: number) => number = () => span.start,
  ) {
    this.#sources = sources;
    this.#queries = new Map(queries.map((query) => [query.id, query]));
    this.#span = span;
    this.#startOf = startOf;
    this.start = startOf(Math.max(60, ...queries.map((query) => query.stat?.period ?? query.period ?? 0)));
    this.end = span.end;
  }

  /** @throws ValidationError for an expression that cannot be evaluated */
  result(id: string): Value | undefined {
    const known = this.#results.get(id);
    if (known !== undefined) return known;
    const query = this.#queries.get(id);
    if (!query) return undefined;
    if (this.#running.has(id)) throw mathError(`'${id}' refers to itself`);
    this.#running.add(id);
    const value = this.#run(query);
    this.#running.delete(id);
    this.#results.set(id, value);
    return value;
  }

  metrics(): readonly (readonly [string, TimeSeries])[] {
    return [...this.#queries.values()]
      .filter((query) => query.stat !== undefined)
      .map(({ id }) => [id, this.result(id) as TimeSeries] as const);
  }

  insights(rule: string, metric: InsightMetric, period: number): TimeSeries {
    const grid = { start: this.#startOf(period), end: this.end, periodMs: period * 1000 };
    const points = new Map<number, number>();
    for (const { period: time, tally } of contributedBy(this.#sources.contributions, rule, grid)) {
      points.set(time, INSIGHT_METRICS[metric](tally));
    }
    return { label: `${rule} ${metric}`, period, points };
  }

  /** What is known of the result of a query for a metric. */
  stat(id: string): StatResult | undefined {
    this.result(id);
    return this.#stats.get(id);
  }

  /** What a query returns: one time series, or, of some expressions, several. @throws ValidationError */
  series(id: string): readonly TimeSeries[] {
    const value = this.result(id);
    if (value === undefined || typeof value === "number" || typeof value === "string") {
      throw mathError(`The expression '${id}' must return a time series`);
    }
    return isSeries(value) ? [value] : value;
  }

  #run(query: MetricQuery): Value {
    if (query.stat) {
      const span = { ...this.#span, start: this.#startOf(query.stat.period) };
      const result = readStatistic(this.#sources.metrics, query.stat, span);
      this.#stats.set(query.id, result);
      return result;
    }
    const scope: Scope = {
      start: this.start,
      end: this.end,
      result: (id) => this.result(id),
      metrics: () => this.metrics(),
      insights: (rule, metric, period) => this.insights(rule, metric, period),
      ...(query.period !== undefined && { period: query.period }),
    };
    return evaluate(parseExpression(query.expression ?? ""), scope);
  }
}
