import type { Call } from "../../../emulator/model/context.ts";
import type { Clock } from "../../../emulator/runtime/clock.ts";
import type { Position } from "./model.ts";
import type { KinesisRecord } from "./record.ts";

export interface ReadResult {
  readonly records: readonly KinesisRecord[];
  /** Nothing was left behind the last record when they were read. */
  readonly isAtTip: boolean;
  /** The shard is closed and was read to its end. */
  readonly hasEnded: boolean;
}

/** Characters of base64 far below the 10 MiB at which GetRecords cuts its answer. */
const SMALL_ANSWER = 4 * 1024 * 1024;

/** Most that GetRecords answers. */
export const MAXIMUM_READ_RECORDS = 10_000;

/** Reads one shard forwards. Knows its position as a sequence number; iterators are only a means to go on. */
export class ShardReader {
  readonly #call: Call;
  readonly #clock: Clock;
  readonly #streamArn: string;
  readonly #shardId: string;
  #position: Position;
  #iterator: string | undefined;

  constructor(
    source: { readonly call: Call; readonly clock: Clock; readonly streamArn: string; readonly shardId: string },
    position: Position,
    iterator?: string,
  ) {
    this.#call = source.call;
    this.#clock = source.clock;
    this.#streamArn = source.streamArn;
    this.#shardId = source.shardId;
    this.#position = position;
    this.#iterator = iterator;
  }

  /** Only an iterator says where LATEST was: the next call must come before it expires. */
  get holdsLatest(): boolean {
    return this.#position.kind === "latest";
  }

  /** The iterator of the next read, for a successor at the same position. */
  get iterator(): string | undefined {
    return this.#iterator;
  }

  async read(limit: number): Promise<ReadResult> {
    const readAt = this.#clock.now();
    const asked = Math.min(limit, MAXIMUM_READ_RECORDS);
    const output = await this.#getRecords(asked);
    const records = output.Records ?? [];
    const last = records.at(-1)?.SequenceNumber;
    if (last !== undefined) this.#position = { kind: "after", sequenceNumber: last };
    else if (this.holdsLatest) this.#position = { kind: "latest", atMs: readAt };
    this.#iterator = output.NextShardIterator ?? undefined;
    // MillisBehindLatest tells less: it is 0 within a millisecond
    const isAtTip = records.length < asked && sizeOf(records) < SMALL_ANSWER;
    return { records, isAtTip, hasEnded: this.#iterator === undefined };
  }

  async #getRecords(limit: number) {
    if (this.#iterator !== undefined) {
      try {
        return await this.#call("kinesis", "GetRecords", { ShardIterator: this.#iterator, Limit: limit });
      } catch (error) {
        this.#iterator = undefined;
        if ((error as Error).name !== "ExpiredIteratorException") throw error;
      }
    }
    const iterator = await this.#iteratorAtPosition();
    return this.#call("kinesis", "GetRecords", { ShardIterator: iterator, Limit: limit });
  }

  async #iteratorAtPosition(): Promise<string> {
    const { ShardIterator } = await this.#call("kinesis", "GetShardIterator", {
      StreamARN: this.#streamArn,
      ShardId: this.#shardId,
      ...iteratorInput(this.#position),
    });
    if (ShardIterator === undefined) throw new Error("GetShardIterator answered without an iterator");
    return ShardIterator;
  }
}

const sizeOf = (records: readonly KinesisRecord[]): number =>
  records.reduce((sum, { Data }) => sum + (Data?.length ?? 0), 0);

/** The iterator that goes on at `position`; a sequence number that was trimmed goes on at the horizon by itself. */
function iteratorInput(position: Position) {
  switch (position.kind) {
    case "after":
      return {
        ShardIteratorType: "AFTER_SEQUENCE_NUMBER",
        StartingSequenceNumber: position.sequenceNumber,
      } as const;
    case "timestamp":
    case "latest":
      return { ShardIteratorType: "AT_TIMESTAMP", Timestamp: new Date(position.atMs) } as const;
    default:
      return { ShardIteratorType: "TRIM_HORIZON" } as const;
  }
}
