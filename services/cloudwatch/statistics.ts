import type { Distribution } from "../../emulator/runtime/distribution.ts";

export const STANDARD_STATISTICS = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"] as const;

type Ordered = readonly (readonly [value: number, count: number])[];

/** Computes a statistic; undefined where it is not known (percentiles of sets of statistics). */
export type Statistic = (data: Distribution) => number | undefined;

const standard: Readonly<Record<string, Statistic>> = {
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
};

/** Bounds by the rank of a value in per cent, or by the value itself. */
interface Bounds {
  readonly lower?: number;
  readonly upper?: number;
  readonly percent: boolean;
}

const NUMBER = String.raw`\d{1,3}(?:\.\d{0,10})?`;
const SHORT = new RegExp(`^(p|tm|tc|ts|wm)(${NUMBER})$`);
const LONG = /^(TM|TC|TS|WM|PR)\(([\d.]*)(%?):([\d.]*)(%?)\)$/;

/** A statistic by its name (`Average`, `p99.9`, `tm90`, `TM(10%:90%)`, `IQM`, `PR(:300)`), undefined for one that is none. */
export function parseStatistic(name: string): Statistic | undefined {
  const plain = standard[name];
  if (plain) return plain;
  if (name === "IQM") return trimmed("tm", { lower: 25, upper: 75, percent: true });
  const [, kind, digits] = SHORT.exec(name) ?? [];
  if (kind !== undefined) {
    const upper = Number(digits);
    if (upper > 100) return undefined;
    return kind === "p"
      ? ofValues((values, count) => percentile(values, count, upper))
      : trimmed(kind, { upper, percent: true });
  }
  return parseRange(name);
}

function parseRange(name: string): Statistic | undefined {
  const [, kind, low = "", lowSign, high = "", highSign] = LONG.exec(name) ?? [];
  if (kind === undefined || (low === "" && high === "")) return undefined;
  const percent = (low !== "" && lowSign === "%") || (high !== "" && highSign === "%");
  const signs = [low === "" ? undefined : lowSign, high === "" ? undefined : highSign].filter(
    (sign) => sign !== undefined,
  );
  if (new Set(signs).size > 1 || (kind === "PR" && percent)) return undefined;
  const bounds: Bounds = {
    ...(low !== "" && { lower: Number(low) }),
    ...(high !== "" && { upper: Number(high) }),
    percent,
  };
  const { lower = Number.NEGATIVE_INFINITY, upper = Number.POSITIVE_INFINITY } = bounds;
  if (Number.isNaN(lower) || Number.isNaN(upper) || lower >= upper || (percent && upper > 100 && high !== ""))
    return undefined;
  return trimmed(kind.toLowerCase(), bounds);
}

/** Whether it is one of the five that `Statistics` takes; all others are extended ones. */
export const isStandard = (name: string): boolean => Object.hasOwn(standard, name);

const ofValues =
  (compute: (values: Ordered, count: number, data: Distribution) => number | undefined): Statistic =>
  (data) => {
    const values = data.ordered() ?? (data.min === data.max ? [[data.min, data.count] as const] : undefined);
    return values && values.length > 0 ? compute(values, data.count, data) : undefined;
  };

/** The smallest value that at least so many per cent of the values do not exceed. */
function percentile(values: Ordered, count: number, percent: number): number {
  const rank = (percent / 100) * count;
  let seen = 0;
  for (const [value, times] of values) {
    seen += times;
    if (seen >= rank - 1e-9) return value;
  }
  return values.at(-1)?.[0] ?? 0;
}

/** Trimmed mean, count and sum, winsorized mean, and percentile rank: of the values within the bounds. */
function trimmed(kind: string, { lower, upper, percent }: Bounds): Statistic {
  return ofValues((values, count) => {
    const bound = (at: number | undefined, whole: number) =>
      at === undefined ? whole : percent ? percentile(values, count, at) : at;
    const low = bound(lower, Number.NEGATIVE_INFINITY);
    const high = bound(upper, Number.POSITIVE_INFINITY);
    if (kind === "wm") {
      return values.reduce((sum, [value, times]) => sum + Math.min(Math.max(value, low), high) * times, 0) / count;
    }
    const kept = percent
      ? byRank(values, count, lower ?? 0, upper ?? 100)
      : values.filter(([v]) => v > low && v <= high);
    const keptCount = kept.reduce((sum, [, times]) => sum + times, 0);
    const sum = kept.reduce((total, [value, times]) => total + value * times, 0);
    if (kind === "tc") return keptCount;
    if (kind === "ts") return sum;
    if (kind === "pr") return (keptCount / count) * 100;
    return keptCount === 0 ? undefined : sum / keptCount;
  });
}

/** The values whose rank lies above `lower` and not above `upper` per cent. */
function byRank(values: Ordered, count: number, lower: number, upper: number): (readonly [number, number])[] {
  const from = (lower / 100) * count;
  const to = (upper / 100) * count;
  let seen = 0;
  return values
    .map(([value, times]) => {
      const within = Math.max(0, Math.min(seen + times, to) - Math.max(seen, from));
      seen += times;
      return [value, within] as const;
    })
    .filter(([, times]) => times > 0);
}
