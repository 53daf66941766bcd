import type { Keys } from "../model.ts";

/** What the services keep of the changes of a table. Times are epoch milliseconds. */

export type StreamViewType = "KEYS_ONLY" | "NEW_IMAGE" | "NEW_AND_OLD_IMAGES" | "OLD_IMAGE";
export type StreamStatus = "ENABLING" | "ENABLED" | "DISABLING" | "DISABLED";

/** The latest stream of a table, as its record has it. */
export interface TableStream {
  readonly id: number;
  readonly label: string;
  readonly viewType: StreamViewType;
  readonly enabled: boolean;
}

/** A stream, one row of dynamodb/streams. It outlives its end, and its table, by a day. */
export interface Stream {
  /** Its records stand under this number, see record-log.ts. */
  readonly id: number;
  readonly arn: string;
  readonly tableName: string;
  readonly label: string;
  readonly viewType: StreamViewType;
  readonly keys: Keys;
  readonly status: StreamStatus;
  readonly createdAt: number;
  readonly disabledAt?: number;
  /** In the order of their ids. Closed shards stay for a day. */
  readonly shards: readonly Shard[];
  readonly nextShardNumber: number;
  /** At least this is the position of the next record. Positions count the records of all shards together. */
  readonly nextPosition: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A part of a stream: the changes of some of the table's partition keys, for about four hours. */
export interface Shard {
  readonly number: number;
  readonly id: string;
  readonly parentId?: string;
  /** The partition keys that it has, by the first 32 bits of their hashes. */
  readonly hashes: HashRange;
  readonly openedAt: number;
  readonly startingPosition: number;
  readonly closedAt?: number;
  readonly endingPosition?: number;
}

export interface HashRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

const HOUR_MS = 3_600_000;
/** How long records, closed shards and disabled streams can be read. */
export const RETENTION_MS = 24 * HOUR_MS;
/** How long a shard is open. */
export const SHARD_LIFETIME_MS = 4 * HOUR_MS;

export const isOpen = (shard: Shard): boolean => shard.closedAt === undefined;

export const isExpired = (endedAt: number | undefined, now: number): boolean =>
  endedAt !== undefined && endedAt + RETENTION_MS <= now;

export const streamArn = (tableArn: string, label: string): string => `${tableArn}/stream/${label}`;

/** What is notified when there is something new to read: records, shards, the end of the stream. */
export const signalOf = (arn: string): string => `dynamodb-streams:${arn}`;
