import type { Mapping, Position } from "./model.ts";
import type { Tally } from "./tally.ts";

/** How a mapping is doing, as `GET /_headwater/event-source-mappings` shows it. Times are epoch milliseconds. */
export interface MappingStatus extends Pick<
  Mapping,
  "uuid" | "account" | "region" | "functionArn" | "eventSourceArn" | "state" | "lastProcessingResult"
> {
  /** Of those that are read now; of a queue one. */
  readonly shards: readonly ShardStatus[];
}

export interface ShardStatus {
  /** Null: a queue. */
  readonly shardId: string | null;
  readonly position: Position | null;
  /** Of the oldest record that was read and is not settled; 0: there is none. */
  readonly iteratorAgeMs: number;
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
