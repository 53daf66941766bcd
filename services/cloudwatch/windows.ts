import { Distribution } from "../../emulator/runtime/distribution.ts";
import { finestResolution, LONGEST_KEPT_MS, type MetricStore } from "./metric-store.ts";
import type { Metric } from "./model.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A stretch of time (epoch milliseconds, the end exclusive) that is cut into periods from its start on. */
export interface Grid {
  readonly start: number;
  readonly end: number;
  readonly periodMs: number;
}

/** Times of requests have no fractions of a second. */
export const wholeSeconds = (ms: number): number => Math.floor(ms / 1000);

/**
 * The start of a request's data: rounded down to the minute, and further back in time to five minutes and to the hour; of
 * periods below a minute to the period.
 */
export function roundStart(start: number, periodSeconds: number, now: number): number {
  const age = now - start;
  const coarse = age > 63 * DAY_MS ? 60 * MINUTE_MS : age > 15 * DAY_MS ? 5 * MINUTE_MS : MINUTE_MS;
  const step = periodSeconds < 60 ? periodSeconds * 1000 : coarse;
  return start - (start % step);
}

/** What was published in each period of a grid, by unit and by the start of the period. */
export function readWindows(
  store: Pick<MetricStore, "buckets">,
  metric: Metric,
  { start, end, periodMs }: Grid,
  now: number,
  unit?: string,
): Map<string, Map<number, Distribution>> {
  const byUnit = new Map<string, Map<number, Distribution>>();
  for (const bucket of store.buckets(metric, Math.max(start, now - LONGEST_KEPT_MS), end)) {
    if (unit !== undefined && bucket.unit !== unit) continue;
    // what is too old for so short a period is there in a coarser form only
    if (periodMs < finestResolution(now - bucket.start) * 1000) continue;
    const window = start + Math.floor((bucket.start - start) / periodMs) * periodMs;
    let windows = byUnit.get(bucket.unit);
    if (!windows) byUnit.set(bucket.unit, (windows = new Map()));
    let data = windows.get(window);
    if (!data) windows.set(window, (data = new Distribution()));
    data.merge(bucket.data);
  }
  return byUnit;
}

/** Periods are 1, 5, 10, 20 or 30 seconds, or whole minutes. */
export const isPeriod = (seconds: number): boolean =>
  seconds > 0 && (seconds % 60 === 0 || [1, 5, 10, 20, 30].includes(seconds));
