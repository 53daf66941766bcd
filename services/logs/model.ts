/** A log group as it is kept. */
export interface LogGroup {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Tells apart groups of one name that followed each other. */
  readonly id: string;
  readonly retentionDays?: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** How old events may be that come in, in milliseconds. */
export const OLDEST_MS = 14 * 24 * 3_600_000;

export interface LogStream {
  readonly name: string;
  readonly createdAt: number;
  readonly firstEventAt?: number;
  readonly lastEventAt?: number;
  readonly lastIngestedAt?: number;
  /** Counts the events that were ever put: the last part of an event's key. */
  readonly nextNumber: number;
  readonly storedBytes: number;
}

export interface LogEvent {
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
  readonly ingestedAt: number;
}

/** Where an event stands in its stream; positions order as the stream does. */
export interface Position {
  readonly timestamp: number;
  readonly number: number;
}

export interface StoredEvent extends LogEvent, Position {
  readonly stream: string;
}

export interface MetricTransformation {
  readonly metricName: string;
  readonly metricNamespace: string;
  /** A number, `$field` or `$.selector`. */
  readonly metricValue: string;
  readonly defaultValue?: number;
  /** Names and `$field` or `$.selector`. */
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly unit?: string;
}

/** What makes data points of a group's events. */
export interface MetricFilter {
  readonly name: string;
  readonly pattern: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly transformations: readonly MetricTransformation[];
}

/** Where the events of a group go that match a pattern. */
export interface SubscriptionFilter {
  readonly name: string;
  readonly pattern: string;
  readonly destinationArn: string;
  readonly roleArn?: string;
  readonly distribution: "Random" | "ByLogStream";
  /** Epoch milliseconds. */
  readonly createdAt: number;
}
