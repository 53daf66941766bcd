import type { Measurement } from "../../emulator/runtime/metrics.ts";
import { OLDEST_MS } from "./model.ts";

export interface EmbeddedMetric {
  readonly measurement: Measurement;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

const NEWEST_MS = 2 * 3_600_000;
const MOST_METRICS = 100;
const MOST_DIMENSIONS = 30;
const MOST_VALUES = 100;

/** What the console of a Node.js function writes before a line: time, request, level. */
const CONSOLE_PREFIX = /^\d{4}-\S+\t\S+\t[A-Z]+\t(?=\{)/;

/** `Aws-Embedded-Metrics` documents as they are, with nothing assumed of their members. */
interface Document {
  readonly [member: string]: unknown;
}

const isObject = (value: unknown): value is Document =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The metrics that a log event carries in the embedded metric format; undefined for an event that is of another kind.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(
  message: string,
  now: number,
): readonly EmbeddedMetric[] | "unreadable" | "invalid" | undefined {
  if (!message.includes('"_aws"')) return undefined;
  const start = message.trimStart().replace(CONSOLE_PREFIX, "");
  if (!start.startsWith("{")) return undefined;
  let root: unknown;
  try {
    root = JSON.parse(start);
  } catch {
    return start.includes('"CloudWatchMetrics"') ? "unreadable" : undefined;
  }
  const metadata = isObject(root) ? root["_aws"] : undefined;
  if (!isObject(root) || !isObject(metadata) || metadata["CloudWatchMetrics"] === undefined) return undefined;
  const { Timestamp: atMs, CloudWatchMetrics: directives } = metadata;
  if (typeof atMs !== "number" || atMs < now - OLDEST_MS || atMs > now + NEWEST_MS || !Array.isArray(directives))
    return "invalid";
  const found: EmbeddedMetric[] = [];
  for (const directive of directives as unknown[]) {
    const measured = readDirective(root, directive);
    if (!measured) return "invalid";
    found.push(...measured.map((measurement) => ({ measurement, atMs })));
  }
  return found;
}

function readDirective(root: Document, directive: unknown): Measurement[] | undefined {
  if (!isObject(directive)) return undefined;
  const { Namespace: namespace, Dimensions: sets = [[]], Metrics: metrics } = directive;
  if (typeof namespace !== "string" || namespace === "" || namespace.startsWith("AWS/")) return undefined;
  if (!Array.isArray(metrics) || metrics.length > MOST_METRICS || !Array.isArray(sets)) return undefined;
  const dimensions = (sets as unknown[]).map((set) => readDimensions(root, set));
  const measured: Measurement[] = [];
  for (const definition of metrics as unknown[]) {
    const values = readMetric(root, namespace, definition);
    if (!values) return undefined;
    for (const each of dimensions.length === 0 ? [{}] : dimensions) {
      if (!each) return undefined;
      measured.push(...values.map((value) => ({ ...value, dimensions: each })));
    }
  }
  return measured;
}

function readDimensions(root: Document, set: unknown): Record<string, string> | undefined {
  if (!Array.isArray(set) || set.length > MOST_DIMENSIONS) return undefined;
  const dimensions: Record<string, string> = {};
  for (const name of set as unknown[]) {
    if (typeof name !== "string" || name.trim() === "" || !Object.hasOwn(root, name)) return undefined;
    const value = root[name];
    if (typeof value === "object" || String(value).trim() === "") return undefined;
    dimensions[name] = String(value).slice(0, 1024);
  }
  return dimensions;
}

/** One measurement for each value; a metric whose target is not there has none. */
function readMetric(
  root: Document,
  namespace: string,
  definition: unknown,
): Omit<Measurement, "dimensions">[] | undefined {
  if (!isObject(definition)) return undefined;
  const { Name: name, Unit: unit = "None", StorageResolution: resolution = 60 } = definition;
  if (typeof name !== "string" || name === "" || typeof unit !== "string") return undefined;
  if (resolution !== 1 && resolution !== 60) return undefined;
  if (!Object.hasOwn(root, name)) return [];
  const target = root[name];
  const values: unknown[] = Array.isArray(target) ? target : [target];
  if (values.length > MOST_VALUES || !values.every((value) => Number.isFinite(value))) return undefined;
  return values.map((value) => ({ namespace, name, unit, resolution, value: value as number }));
}
