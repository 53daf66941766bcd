import type { MetricAlarm } from "../model.ts";
import { isStandard } from "../statistics.ts";
import { compare, missingDataOf, type Decision, type Point } from "./decide.ts";
import { double, stringify } from "./java-json.ts";

const WORDS = {
  GreaterThanThreshold: "greater than",
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  LessThanThreshold: "less than",
  LessThanOrEqualToThreshold: "less than or equal to",
} as const;

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

const wereWas = (count: number): string => (count === 1 ? "was" : "were");

/** Why an alarm has its state, in CloudWatch's words. */
export function reasonOf(alarm: MetricAlarm, decision: Decision): string {
  const { value, evaluated, filled } = decision;
  const periods = alarm.evaluationPeriods;
  if (value === "INSUFFICIENT_DATA")
    return `Insufficient Data: ${plural(periods, "datapoint")} ${wereWas(periods)} unknown.`;
  const isAlarm = value === "ALARM";
  const telling = evaluated
    .filter((point) => compare[alarm.comparison](point.value ?? 0, alarm.threshold) === isAlarm)
    .toReversed();
  const treated = missingDataOf(alarm) === "breaching" ? "Breaching" : "NonBreaching";
  const missing = `${plural(filled, "missing datapoint")} ${wereWas(filled)} treated as [${treated}]`;
  if (telling.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${plural(filled, "period")} and ${missing}.`;
  }
  const values = telling.map((point) => `${double(point.value ?? 0).toString()} (${shortDate(point.time)})`).join(", ");
  const count =
    alarm.datapointsToAlarm === undefined
      ? plural(telling.length, "datapoint")
      : `${telling.length} out of the last ${evaluated.length} datapoints`;
  const crossed = `${wereWas(telling.length)} ${isAlarm ? "" : "not "}${WORDS[alarm.comparison]} the threshold (${double(alarm.threshold).toString()})`;
  return `Threshold Crossed: ${count} [${values}] ${crossed}${filled > 0 ? ` and ${missing}` : ""}${minimum(alarm, value)}.`;
}

/** Whatever the state was before: of the two states that data tell apart, it names the other one. */
function minimum({ datapointsToAlarm, evaluationPeriods }: MetricAlarm, after: "OK" | "ALARM"): string {
  if (datapointsToAlarm === undefined) return "";
  const isAlarm = after === "ALARM";
  const least = isAlarm ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  return ` (minimum ${plural(least, "datapoint")} for ${isAlarm ? "OK -> ALARM" : "ALARM -> OK"} transition)`;
}

/** StateReasonData: what was evaluated, as JSON. */
export function reasonDataOf(
  alarm: MetricAlarm,
  { evaluated }: Decision,
  points: readonly Point[],
  now: number,
): string {
  const { stat } = alarm;
  const recent = points.slice(-alarm.evaluationPeriods);
  const shown = evaluated.length === alarm.evaluationPeriods ? evaluated : recent;
  return stringify({
    version: "1.0",
    queryDate: longDate(now),
    ...(evaluated[0] && { startDate: longDate(evaluated[0].time) }),
    ...(stat?.unit !== undefined && { unit: stat.unit }),
    ...(stat && { [isStandard(stat.stat) ? "statistic" : "extendedStatistic"]: stat.stat }),
    period: periodOf(alarm),
    recentDatapoints: evaluated.map(({ value }) => (value === undefined ? null : double(value))),
    threshold: double(alarm.threshold),
    evaluatedDatapoints: shown.toReversed().map(({ time, value, samples }) => ({
      timestamp: longDate(time),
      ...(value !== undefined && {
        ...(samples !== undefined && { sampleCount: double(samples) }),
        value: double(value),
      }),
    })),
  });
}

/** The seconds of an alarm's periods; of a list of metrics the longest. */
export const periodOf = ({ stat, metrics = [] }: Pick<MetricAlarm, "stat" | "metrics">): number =>
  stat?.period ?? Math.max(0, ...metrics.map((query) => query.stat?.period ?? query.period ?? 0));

/** 2026-01-31T12:00:00.000+0000 */
export const longDate = (time: number): string => new Date(time).toISOString().replace("Z", "+0000");

/** 31/01/26 12:00:00 */
function shortDate(time: number): string {
  const iso = new Date(time).toISOString();
  return `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(2, 4)} ${iso.slice(11, 19)}`;
}
