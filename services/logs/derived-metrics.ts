import type { Context } from "../../emulator/model/context.ts";
import { embeddedMetrics } from "./embedded-metrics.ts";
import { compiledPattern, type Pattern } from "./filter-pattern.ts";
import type { LogsState } from "./index.ts";
import type { LogGroup, MetricFilter, MetricTransformation } from "./model.ts";
import { eventBytes } from "./store.ts";

interface Event {
  readonly timestamp: number;
  readonly message: string;
}

const MINUTE_MS = 60_000;

/** What comes of log events beside the events: metrics of filters and of embedded documents, and those of the group itself. */
export function recordMetrics(
  ctx: Context<LogsState>,
  { id, name: groupName }: LogGroup,
  events: readonly Event[],
): void {
  for (const filter of ctx.store.metricFilters.of(id)) applyFilter(ctx, filter, events);
  ctx.contributions.logged(ctx, groupName, events);
  const now = ctx.clock.now();
  const own = (name: string, value: number, unit: string) =>
    ctx.metrics.record(ctx, { namespace: "AWS/Logs", name, dimensions: { LogGroupName: groupName }, value, unit }, now);
  own("IncomingLogEvents", events.length, "Count");
  own(
    "IncomingBytes",
    events.reduce((sum, { message }) => sum + eventBytes(message), 0),
    "Bytes",
  );
  for (const { message } of events) {
    const found = embeddedMetrics(message, now);
    if (!found) continue;
    if (found === "unreadable") own("EMFParsingErrors", 1, "Count");
    else if (found === "invalid") own("EMFValidationErrors", 1, "Count");
    else for (const { measurement, atMs } of found) ctx.metrics.record(ctx, measurement, atMs);
  }
}

function applyFilter(ctx: Context<LogsState>, filter: MetricFilter, events: readonly Event[]): void {
  const pattern = compiledPattern(filter.pattern);
  /** Of each minute the time of an event, and whether one matched in it. */
  const minutes = new Map<number, { readonly at: number; matched: boolean }>();
  for (const { timestamp, message } of events) {
    const minute = timestamp - (timestamp % MINUTE_MS);
    const seen = minutes.get(minute) ?? { at: timestamp, matched: false };
    minutes.set(minute, seen);
    if (!pattern.matches(message)) continue;
    seen.matched = true;
    for (const transformation of filter.transformations) record(ctx, transformation, pattern, message, timestamp);
  }
  for (const { at, matched } of minutes.values()) {
    if (matched) continue;
    for (const {
      metricNamespace: namespace,
      metricName: name,
      defaultValue: value,
      unit = "None",
    } of filter.transformations) {
      if (value !== undefined) ctx.metrics.record(ctx, { namespace, name, dimensions: {}, value, unit }, at);
    }
  }
}

/** An event without the value, or without one of the dimensions, makes no data point. */
function record(
  ctx: Context<LogsState>,
  {
    metricNamespace: namespace,
    metricName: name,
    metricValue,
    dimensions: wanted = {},
    unit = "None",
  }: MetricTransformation,
  pattern: Pattern,
  message: string,
  atMs: number,
): void {
  const value = metricValue.startsWith("$") ? numberOf(pattern.value(message, metricValue)) : Number(metricValue);
  if (value === undefined || !Number.isFinite(value)) return;
  const dimensions: Record<string, string> = {};
  for (const [dimension, selector] of Object.entries(wanted)) {
    const found = pattern.value(message, selector);
    if (typeof found !== "string" && typeof found !== "number" && typeof found !== "boolean") return;
    if (String(found) === "") return;
    dimensions[dimension] = String(found).slice(0, 1024);
  }
  ctx.metrics.record(ctx, { namespace, name, dimensions, value, unit }, atMs);
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : undefined;
}
