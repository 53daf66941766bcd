import type { Mapping, Position } from "./model.ts";
import { NOTHING_COUNTED, type Tally } from "./tally.ts";

/** How a mapping is doing, as `GET /_headwater/event-source-mappings` shows it. Times are epoch milliseconds. */
export interface MappingStatus extends Pick<
  Mapping,
  "uuid" | "account" | "region" | "functionArn" | "eventSourceArn" | "state" | "lastProcessingResult"
> {
  /** Of those that are not read to their end; of a queue that is read one. */
  readonly shards: readonly ShardStatus[];
}

export interface ShardStatus {
  /** Null: a queue. */
  readonly shardId: string | null;
  /** `waiting` for its parents to be read to their end; `stopped` as the mapping is not enabled. */
  readonly state: "reading" | "waiting" | "stopped";
  readonly position: Position | null;
  /** Of the oldest record or message that was read and is not settled; 0: there is none; null: nobody knows, as it is not read. */
  readonly iteratorAgeMs: number | null;
  /** Records read that are not in a batch yet. */
  readonly waiting: number;
  /** There was nothing more to read when last looked. */
  readonly isAtTip: boolean;
  readonly batches: readonly BatchStatus[];
  readonly window: { readonly start: string; readonly end: string; readonly stateBytes: number } | null;
  /** Of records, since this reading began. */
  readonly counts: Tally["counts"];
  readonly lastError: Trouble | null;
}

/** A batch that is with the function, or between two attempts. */
export interface BatchStatus {
  readonly size: number;
  /** Sequence numbers, or message ids. */
  readonly first: string | null;
  readonly last: string | null;
  /** When the oldest of them arrived. */
  readonly oldestArrivedAt: number | null;
  /** Of the part that runs or comes next. */
  readonly attempt: number;
  readonly isRunning: boolean;
  readonly nextAttemptAt: number | null;
  readonly lastError: string | null;
}

export interface Trouble {
  readonly at: number;
  readonly message: string;
}

/** A shard that is not read now: all that is known of it is where reading will go on. */
export const unreadShard = (shardId: string, position: Position, state: "waiting" | "stopped"): ShardStatus => ({
  shardId,
  state,
  position,
  iteratorAgeMs: null,
  waiting: 0,
  isAtTip: false,
  batches: [],
  window: null,
  counts: NOTHING_COUNTED,
  lastError: null,
});
