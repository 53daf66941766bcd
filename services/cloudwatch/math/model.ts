import { validationError } from "../errors.ts";
import type { InsightMetric } from "../insights/report.ts";

/** A time series: values by the start of their period, in epoch milliseconds and in order. */
export interface TimeSeries {
  readonly label: string;
  /** Seconds. */
  readonly period: number;
  readonly points: ReadonlyMap<number, number>;
}

/** What an expression may be on its way: a number, a time series, several of them, a text. */
export type Value = number | TimeSeries | readonly TimeSeries[] | string;

/** What an expression may refer to. */
export interface Scope {
  /** Epoch milliseconds, the end exclusive. */
  readonly start: number;
  readonly end: number;
  /** The result of the query with this id; undefined: there is none. */
  result(id: string): Value | undefined;
  /** The metrics of the request (not its expressions), by id. */
  metrics(): readonly (readonly [id: string, series: TimeSeries])[];
  /** What is known of all contributors of a rule of Contributor Insights; nothing where there is no such rule. */
  insights(rule: string, metric: InsightMetric, period: number): TimeSeries;
  /** The period that the request says for the expression, in seconds. */
  readonly period?: number;
}

export const isSeries = (value: Value): value is TimeSeries => typeof value === "object" && !Array.isArray(value);

export const isList = (value: Value): value is readonly TimeSeries[] => Array.isArray(value);

export const mathError = (message: string) => validationError(`Error in expression: ${message}`);
