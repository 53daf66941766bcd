/** Where reading of a shard goes on. Sequence numbers, never iterators: it outlives a restart. */
export type Position =
  | { readonly kind: "horizon" }
  | { readonly kind: "timestamp"; readonly atMs: number }
  /** After whatever the shard held at `atMs`, when the mapping was made; nothing was read yet. */
  | { readonly kind: "latest"; readonly atMs: number }
  | { readonly kind: "after"; readonly sequenceNumber: string }
  /** A closed shard, read to its end. */
  | { readonly kind: "finished" };

export type StartingPosition = "TRIM_HORIZON" | "LATEST" | "AT_TIMESTAMP";

export type MappingState = "Creating" | "Enabling" | "Enabled" | "Disabling" | "Disabled" | "Updating" | "Deleting";

export interface Settings {
  readonly batchSize: number;
  readonly maximumBatchingWindowInSeconds: number;
  readonly parallelizationFactor: number;
  /** -1: no limit. */
  readonly maximumRetryAttempts: number;
  /** -1: no limit but the stream's retention. */
  readonly maximumRecordAgeInSeconds: number;
  readonly bisectBatchOnFunctionError: boolean;
  readonly reportBatchItemFailures: boolean;
  /** ARN of an S3 bucket, an SQS queue or an SNS topic. */
  readonly onFailureDestination?: string;
  /** Patterns of which a record has to match one, as JSON. */
  readonly filters?: readonly string[];
  /** Of streams; none without it. */
  readonly tumblingWindowInSeconds?: number;
  /** Batches of a queue that are with the function at a time. */
  readonly maximumConcurrency?: number;
  /** Whether the mapping's own metrics are published (MetricsConfig's EventCount). */
  readonly countsEvents?: boolean;
}

export const defaultSettings: Settings = {
  batchSize: 100,
  maximumBatchingWindowInSeconds: 0,
  parallelizationFactor: 1,
  maximumRetryAttempts: -1,
  maximumRecordAgeInSeconds: -1,
  bisectBatchOnFunctionError: false,
  reportBatchItemFailures: false,
};

/** What a queue's mapping has where the request does not say. */
export const defaultQueueSettings: Settings = { ...defaultSettings, batchSize: 10 };

export interface Mapping {
  readonly account: string;
  readonly region: string;
  readonly uuid: string;
  readonly eventSourceArn: string;
  /** With the qualifier that the mapping was made with, if any. */
  readonly functionArn: string;
  /** ARN of the role that reads the source: the function's. */
  readonly role: string;
  /** Of streams. */
  readonly startingPosition?: StartingPosition;
  /** Epoch milliseconds; with AT_TIMESTAMP only. */
  readonly startingPositionTimestamp?: number;
  readonly settings: Settings;
  readonly enabled: boolean;
  readonly state: MappingState;
  readonly stateTransitionReason: string;
  readonly lastProcessingResult: string;
  /** Epoch milliseconds. */
  readonly lastModified: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Which stream of that name the checkpoints are of, as epoch milliseconds of its creation; undefined before the first start. */
  readonly streamCreatedAt?: number;
}

/** A record of a stream or a message of a queue on its way: rendered once, as the text that stands in the event. */
export interface SourceRecord {
  /** Sequence number, or id of a message: what a partial batch response names. */
  readonly id: string;
  /** Records of one key are delivered in order: of a queue the message group. */
  readonly partitionKey: string;
  /** Epoch milliseconds. */
  readonly arrivedAt: number;
  /** Epoch milliseconds at which we read it: its batching window begins then. */
  readonly readAt: number;
  /** Its element of the event's Records. */
  readonly json: string;
  /** Bytes of `json` in UTF-8. */
  readonly sizeBytes: number;
  /** Its place in the order in which its reader read it. */
  readonly ordinal: number;
  /** Of a message. */
  readonly loan?: Loan;
}

/** What a queue lends a message by: nobody else sees it for its visibility timeout. */
export interface Loan {
  /** What deletes the message. */
  readonly receiptHandle: string;
  /** Epoch milliseconds. Later than its first reading, where it came again while it waited for a batch. */
  readonly since: number;
}

/** A tumbling window that has begun, with what the function keeps in it. */
export interface OpenWindow {
  /** Epoch milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  /** JSON. */
  readonly state: string;
}
