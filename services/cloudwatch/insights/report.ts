import { Tally } from "../../../emulator/runtime/tally.ts";
import type { Grid } from "../windows.ts";
import type { ContributionStore } from "./contribution-store.ts";

/** What is known of all contributors together in one stretch of time. */
export const INSIGHT_METRICS = {
  UniqueContributors: ({ unique }: Tally): number => unique,
  MaxContributorValue: (tally: Tally): number =>
    [...tally.contributors()].reduce((most, { sum }) => Math.max(most, sum), 0),
  SampleCount: ({ count }: Tally): number => count,
  Average: ({ sum, count }: Tally): number => sum / count,
  Sum: ({ sum }: Tally): number => sum,
  Minimum: ({ min }: Tally): number => min,
  Maximum: ({ max }: Tally): number => max,
} as const;

export type InsightMetric = keyof typeof INSIGHT_METRICS;

export const isInsightMetric = (name: string): name is InsightMetric => Object.hasOwn(INSIGHT_METRICS, name);

/** What was contributed in each period of a grid, by the start of the period. */
export function contributedBy(
  store: Pick<ContributionStore, "minutes">,
  rule: string,
  { start, end, periodMs }: Grid,
): Map<number, Tally> {
  const periods = new Map<number, Tally>();
  for (const { minute, tally } of store.minutes(rule, start, end)) {
    const period = start + Math.floor((minute - start) / periodMs) * periodMs;
    let known = periods.get(period);
    if (!known) periods.set(period, (known = new Tally()));
    known.merge(tally);
  }
  return periods;
}

/** One of the contributors with the most, and what it contributed in each period in which it did. */
export interface TopContributor {
  readonly keys: readonly string[];
  readonly sum: number;
  readonly points: readonly (readonly [period: number, value: number])[];
}

/** The `limit` contributors with the most, by their sums or by the most that each contributed at once. */
export function topContributors(
  periods: ReadonlyMap<number, Tally>,
  by: "sum" | "max",
  limit: number,
): TopContributor[] {
  const found = new Map<string, { keys: readonly string[]; sum: number; max: number; points: [number, number][] }>();
  for (const [period, tally] of periods) {
    for (const { keys, sum, max } of tally.contributors()) {
      const id = JSON.stringify(keys);
      let known = found.get(id);
      if (!known) found.set(id, (known = { keys, sum: 0, max: Number.NEGATIVE_INFINITY, points: [] }));
      known.sum += sum;
      known.max = Math.max(known.max, max);
      known.points.push([period, sum]);
    }
  }
  return [...found.values()].toSorted((a, b) => b[by] - a[by]).slice(0, limit);
}
