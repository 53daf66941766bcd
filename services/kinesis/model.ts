import type { DailyNeed } from "./capacity/on-demand.ts";

/** What the Kinesis service keeps. Times are epoch milliseconds unless the name says otherwise. */

export type StreamMode = "PROVISIONED" | "ON_DEMAND";
export type StreamStatus = "CREATING" | "ACTIVE" | "UPDATING" | "DELETING";

/** A stream, one row of kinesis/streams. */
export interface Stream {
  readonly name: string;
  /** Tells this stream's shards and records from those of an earlier stream of the same name. */
  readonly id: string;
  readonly mode: StreamMode;
  readonly createdAt: number;
  readonly retentionHours: number;
  /** What arrived before this had expired when the retention period was changed, and does not come back. */
  readonly expiredBefore?: number;
  readonly maxRecordSizeKiB: number;
  /** Encrypted with this key, in name: as it was given. */
  readonly encryptionKey?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The number that the next shard gets; numbers are never used twice. */
  readonly nextShardNumber: number;
  /** What is under way; the status follows from it. It is kept, so that a restart finishes it. */
  readonly transition?: Transition;
  /** What EnableEnhancedMonitoring has switched on. */
  readonly shardLevelMetrics?: readonly ShardMetric[];
  /** How many shards an on-demand stream needed on the last days; days that needed no more than it was made with are left out. */
  readonly needs?: readonly DailyNeed[] | undefined;
  /** What UpdateStreamWarmThroughput asked for. */
  readonly warmThroughputMiBps?: number | undefined;
  /** When UpdateShardCount was called in the last 24 hours, for its limit. */
  readonly scalings: readonly number[];
  /** When the mode was changed in the last 24 hours, for its limit. */
  readonly modeChanges: readonly number[];
}

/** The metrics that a stream can have for each of its shards. */
export type ShardMetric =
  | "IncomingBytes"
  | "IncomingRecords"
  | "OutgoingBytes"
  | "OutgoingRecords"
  | "WriteProvisionedThroughputExceeded"
  | "ReadProvisionedThroughputExceeded"
  | "IteratorAgeMilliseconds";

/** What CreateStream makes. */
export interface NewStream {
  readonly name: string;
  readonly mode: StreamMode;
  readonly shardCount: number;
  readonly warmThroughputMiBps?: number | undefined;
  readonly maxRecordSizeKiB: number;
  readonly tags: Readonly<Record<string, string>>;
}

export type Transition =
  | { readonly type: "create"; readonly shardCount: number }
  | { readonly type: "reshard"; readonly steps: readonly ReshardStep[] }
  | { readonly type: "change-mode"; readonly mode: StreamMode; readonly steps: readonly ReshardStep[] }
  | { readonly type: "delete" };

/** One split or merge of open shards, by their numbers. A split's children, or a merge's child, take the next numbers. */
export type ReshardStep =
  | { readonly type: "split"; readonly shard: number; readonly at: string }
  | { readonly type: "merge"; readonly shard: number; readonly adjacent: number };

/** A shard, one row of kinesis/shards. Hash keys are 32 hexadecimal digits, so that they order as text. */
export interface Shard {
  readonly number: number;
  readonly startingHashKey: string;
  /** Inclusive. */
  readonly endingHashKey: string;
  readonly parent?: number;
  readonly adjacentParent?: number;
  /** Epoch seconds, later than those of its parents: sequence numbers begin with them. */
  readonly epochSeconds: number;
  readonly openedAt: number;
  readonly closedAt?: number;
  /** At least this is the position of the next record, also when all the records before it were trimmed away. */
  readonly nextPosition: number;
  /** Arrival of the last record that was trimmed away. */
  readonly lastArrival: number;
}

/** A record as GetRecords answers it. */
export interface StoredRecord {
  readonly SequenceNumber: string;
  readonly ApproximateArrivalTimestamp: Date;
  /** Base64, as it came. */
  readonly Data: string;
  readonly PartitionKey: string;
  /** How the stream was encrypted when the record was put. */
  readonly EncryptionType?: "KMS";
}

export function statusOf(stream: Stream): StreamStatus {
  switch (stream.transition?.type) {
    case undefined:
      return "ACTIVE";
    case "create":
      return "CREATING";
    case "delete":
      return "DELETING";
    default:
      return "UPDATING";
  }
}

export const HOUR_MS = 3_600_000;

/** What arrived before this can no longer be read. It never falls, whatever becomes of the retention period. */
export const horizonOf = ({ retentionHours, expiredBefore = 0 }: Stream, now: number): number =>
  Math.max(now - retentionHours * HOUR_MS, expiredBefore);

export const isOpen = (shard: Shard): boolean => shard.closedAt === undefined;

/** A closed shard is gone when its last record has expired, before it is removed. */
export const isExpired = ({ closedAt }: Shard, horizon: number): boolean =>
  closedAt !== undefined && closedAt < horizon;

/** How long a shard iterator and a NextToken can be used. */
export const TOKEN_LIFETIME_MS = 300_000;
