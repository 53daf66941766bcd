import type { Decision, Outcome, Part } from "./delivery.ts";
import type { Lanes } from "./lanes.ts";
import type { ListedShard } from "./lineage.ts";
import type { Position, SourceRecord } from "./model.ts";

/** What a mapping reads, as far as the machine has to know it: a Kinesis stream, a DynamoDB stream or an SQS queue. */
export interface EventSource {
  /** A stream is read ahead and settled by positions; a queue lends its messages for a while, and is settled one by one. */
  readonly isStream: boolean;
  /** A FIFO queue: what was received together goes to the function one by one. */
  readonly keepsOrder: boolean;
  /** The signal that wakes whoever waits for records. */
  readonly topic: string;
  /** What the function's role has to be allowed: all of it is asked for before reading begins. */
  readonly needs: readonly { readonly action: string; readonly resource: string }[];

  /**
   * What a request that makes or changes a mapping is refused for.
   * @param timeoutSeconds the function's
   * @throws AwsError InvalidParameterValueException
   */
  check(timeoutSeconds: () => number): Promise<void>;
  /** @throws AwsError when it is not there */
  describe(): Promise<SourceDescription>;
  /** Open shards, and closed ones whose records have not all expired; of a queue one that never ends. */
  listShards(): Promise<ListedShard[]>;
  /** An iterator that stands behind all that the shard holds now. */
  latestIterator(shardId: string): Promise<string | undefined>;
  open(shardId: string, place: Place): Reader;
  /** Where what was read waits for a batch, with room for as much as is worth reading. */
  lanes(): Lanes;

  /** What follows from an attempt to deliver a part of a batch. */
  decide(part: Part, outcome: Outcome): Decision;
  /** Those records of a part that have no time left. `attempts`: how many it has behind it. */
  expired(part: Part, nowMs: number, attempts: number): Promise<readonly SourceRecord[]>;
  /** Whether these can still be settled after so many attempts that failed. */
  canSettle(records: readonly SourceRecord[], nowMs: number, failures: number, error: Error): Promise<boolean>;
  /** Where discarded records stand, for the document that tells of them. */
  batchInfo(shardId: string, records: readonly SourceRecord[]): object;

  /** Whether a call failed because the source itself is gone. */
  isGone(error: Error): boolean;
  /** What LastProcessingResult says of a call that failed. */
  problem(error: Error): string;
}

export interface SourceDescription {
  /** Epoch milliseconds. A source that was deleted and made again has another one. */
  readonly createdAt: number;
}

/** Where a reader begins, and where it tells how far it has come. */
export interface Place {
  readonly position: Position;
  /** Where only an iterator knows the position: LATEST, before anything was read. */
  readonly iterator?: string | undefined;
  /** Told of records that no filter lets through, and those that need no more care. */
  readonly checkpoint: (position: Position) => void;
  readonly filtered: (count: number) => void;
  readonly deleted: (count: number) => void;
  /** Told that there may be more to read, where the source's signal does not say so. */
  readonly arrived: () => void;
}

/** Reads one shard, or a queue, forwards. */
export interface Reader {
  /** @returns what the function is to see of what comes next; what no filter lets through is settled by the reader itself */
  read(limit: number): Promise<ReadResult>;
  /** These need no more care. Where it fails it may be tried again. */
  settle(records: readonly SourceRecord[]): void | Promise<void>;
  /** Gives up what it holds of the source. */
  close?(): Promise<void>;
  /** Records read, and not settled with all that was read before them. */
  readonly outstanding: number;
  /** When the oldest of them arrived. */
  readonly oldestArrivedAt: number | undefined;
  readonly position: Position | undefined;
  /** Only an iterator says where LATEST was: the next read must come before it expires. */
  readonly latestIterator: string | undefined;
}

export interface ReadResult {
  readonly records: readonly SourceRecord[];
  /** With those that the function is not to see. */
  readonly count: number;
  /** Nothing was left behind the last record when they were read. */
  readonly isAtTip: boolean;
  /** The shard is closed and was read to its end. */
  readonly hasEnded: boolean;
}
