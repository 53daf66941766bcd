import type { Comparison, MetricAlarm, MissingData, StateValue } from "../model.ts";

/** One period of an alarm's evaluation range; `value` undefined: nothing was published in it. */
export interface Point {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly value?: number | undefined;
  readonly samples?: number | undefined;
}

/** A state that the points ask for, and the points that say so; undefined: the alarm keeps its state. */
export interface Decision {
  readonly value: StateValue;
  /** In order of time. */
  readonly evaluated: readonly Point[];
  /** How many missing points were taken for breaching, or for not breaching. */
  readonly filled: number;
}

export const compare: Readonly<Record<Comparison, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** More periods than are evaluated: so many older ones may stand in for missing ones. */
const EXTRA_PERIODS = 2;

export const rangeOf = ({ evaluationPeriods }: Pick<MetricAlarm, "evaluationPeriods">): number =>
  evaluationPeriods + EXTRA_PERIODS;

/** Alarms of DynamoDB's metrics ignore missing data unless told otherwise. */
export const missingDataOf = ({ missingData, stat }: Pick<MetricAlarm, "missingData" | "stat">): MissingData =>
  missingData ?? (stat?.metric.namespace === "AWS/DynamoDB" ? "ignore" : "missing");

/**
 * The state of an alarm by the points of its evaluation range, in order of time.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function decide(alarm: MetricAlarm, points: readonly Point[]): Decision | undefined {
  const needed = alarm.datapointsToAlarm ?? alarm.evaluationPeriods;
  const breaches = ({ value }: Point) => value !== undefined && compare[alarm.comparison](value, alarm.threshold);
  const real = points.filter(({ value }) => value !== undefined);
  const evaluated = real.slice(-alarm.evaluationPeriods);
  const breaching = evaluated.filter(breaches).length;
  const missing = alarm.evaluationPeriods - evaluated.length;
  const state = (isAlarm: boolean, filled = 0): Decision => ({ value: isAlarm ? "ALARM" : "OK", evaluated, filled });
  if (missing === 0 || breaching >= needed) return state(breaching >= needed);
  const treatment = missingDataOf(alarm);
  if (treatment === "breaching") return state(breaching + missing >= needed, missing);
  if (treatment === "notBreaching") return state(false, missing);
  if (evaluated.length === 0)
    return treatment === "ignore" ? undefined : { value: "INSUFFICIENT_DATA", evaluated, filled: 0 };
  if (breaching < evaluated.length) return state(false);
  // only breaching points, too few of them
  if (treatment === "ignore") return undefined;
  const oldest = points.findIndex(breaches);
  return state(points.length - oldest >= needed);
}
