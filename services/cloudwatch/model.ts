import type { StoredDistribution } from "../../emulator/runtime/distribution.ts";

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  /** In the order of their names. */
  readonly dimensions: readonly Dimension[];
}

export interface KnownMetric extends Metric {
  /** When something was last published, in epoch milliseconds. */
  readonly updatedAt: number;
}

/** What was published of a metric for one stretch of time in one unit. */
export interface Bucket {
  /** Epoch milliseconds. */
  readonly start: number;
  /** Length in seconds: 1, 60, and of older data 300 or 3600. */
  readonly resolution: number;
  readonly unit: string;
  readonly data: StoredDistribution;
}

export type StateValue = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export interface AlarmState {
  readonly value: StateValue;
  readonly reason: string;
  /** JSON. */
  readonly reasonData?: string;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
  readonly transitionedAt: number;
}

export interface MetricStat {
  readonly metric: Metric;
  /** Seconds. */
  readonly period: number;
  readonly stat: string;
  readonly unit?: string;
}

/** One entry of a GetMetricData request or of an alarm's list of metrics. */
export interface MetricQuery {
  readonly id: string;
  readonly stat?: MetricStat;
  readonly expression?: string;
  readonly label?: string;
  /** Of an expression, in seconds. */
  readonly period?: number;
  readonly returnData: boolean;
}

interface AlarmBase {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly actionsEnabled: boolean;
  readonly okActions: readonly string[];
  readonly alarmActions: readonly string[];
  readonly insufficientDataActions: readonly string[];
  /** Epoch milliseconds. */
  readonly configuredAt: number;
  readonly state: AlarmState;
  readonly tags: Readonly<Record<string, string>>;
}

export type Comparison =
  | "GreaterThanThreshold"
  | "GreaterThanOrEqualToThreshold"
  | "LessThanThreshold"
  | "LessThanOrEqualToThreshold";

export type MissingData = "breaching" | "notBreaching" | "ignore" | "missing";

export interface MetricAlarm extends AlarmBase {
  readonly type: "MetricAlarm";
  /** Either one metric or a list of queries of which one returns data. */
  readonly stat?: MetricStat;
  readonly metrics?: readonly MetricQuery[];
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly missingData?: MissingData;
  readonly lowSamples?: "evaluate" | "ignore";
}

export interface CompositeAlarm extends AlarmBase {
  readonly type: "CompositeAlarm";
  readonly rule: string;
}

export type Alarm = MetricAlarm | CompositeAlarm;

export type HistoryType = "ConfigurationUpdate" | "StateUpdate" | "Action";

export interface HistoryItem {
  readonly alarmName: string;
  readonly alarmType: Alarm["type"];
  /** Epoch milliseconds. */
  readonly at: number;
  readonly type: HistoryType;
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

export interface Dashboard {
  readonly name: string;
  readonly body: string;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
  readonly tags: Readonly<Record<string, string>>;
}
