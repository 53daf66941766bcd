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

type Minutes = Pick<ContributionStore, "minutes">;

/** What was contributed in each period of a grid in which anything was, in order of time: one after the other, as each may be large. */
export function* contributedBy(
  store: Minutes,
  rule: string,
  { start, end, periodMs }: Grid,
): Generator<{ readonly period: number; readonly tally: Tally }> {
  let present: { readonly period: number; readonly tally: Tally } | undefined;
  for (const { minute, tally } of store.minutes(rule, start, end)) {
    const period = start + Math.floor((minute - start) / periodMs) * periodMs;
    if (present?.period !== period) {
      if (present) yield present;
      present = { period, tally: new Tally() };
    }
    present.tally.merge(tally);
  }
  if (present) yield present;
}

/** What a contributor contributed in each period in which it did. */
export interface ContributorSeries {
  readonly keys: readonly string[];
  readonly points: readonly (readonly [period: number, value: number])[];
}

/** The `limit` contributors with the most, by their sums or by the most that each contributed at once. */
export function topContributors(
  store: Minutes,
  rule: string,
  grid: Grid,
  { all, by, limit }: { readonly all: Tally; readonly by: "sum" | "max"; readonly limit: number },
): ContributorSeries[] {
  const top = [...all.contributors()].toSorted((a, b) => b[by] - a[by]).slice(0, limit);
  const series = new Map(top.map(({ keys }) => [JSON.stringify(keys), { keys, points: [] as [number, number][] }]));
  if (top.length === 0) return [];
  for (const { period, tally } of contributedBy(store, rule, grid)) {
    for (const { keys, sum } of tally.contributors()) series.get(JSON.stringify(keys))?.points.push([period, sum]);
  }
  return [...series.values()];
}
