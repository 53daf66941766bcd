import type { Clock } from "../../../emulator/runtime/clock.ts";
import { Ledger } from "./ledger.ts";
import type { Position, SourceRecord } from "./model.ts";
import { ShardCursor, type ShardPages } from "./shard-cursor.ts";
import type { Place, Reader, ReadResult } from "./source.ts";

/** One shard of one kind of stream: the calls that read it, and what a record of it is in an event. */
export interface Shard<R> extends ShardPages<R> {
  arrivedAt(record: R): number;
  /** Undefined: the function sees all of them. */
  readonly matches: ((record: R) => boolean) | undefined;
  render(record: R, readAt: number, ordinal: number): SourceRecord;
}

/** Reads one shard of a stream, and moves its checkpoint. */
export class StreamReader<R> implements Reader {
  readonly #shard: Shard<R>;
  readonly #clock: Clock;
  readonly #place: Place;
  readonly #cursor: ShardCursor<R>;
  readonly #ledger = new Ledger();
  #checkpoint: Position;

  constructor(shard: Shard<R>, clock: Clock, place: Place) {
    this.#shard = shard;
    this.#clock = clock;
    this.#place = place;
    this.#cursor = new ShardCursor(shard, clock, place.position, place.iterator);
    this.#checkpoint = place.position;
  }

  get outstanding(): number {
    return this.#ledger.size;
  }

  get oldestArrivedAt(): number | undefined {
    return this.#ledger.oldestArrivedAt;
  }

  get position(): Position {
    return this.#checkpoint;
  }

  get latestIterator(): string | undefined {
    return this.#cursor.latestIterator;
  }

  async read(limit: number): Promise<ReadResult> {
    const { records, next, isAtTip } = await this.#cursor.read(limit);
    return { records: this.#take(records), count: records.length, isAtTip, hasEnded: next === undefined };
  }

  settle(records: readonly SourceRecord[]): void {
    this.#pass(this.#ledger.settle(records.map(({ ordinal }) => ordinal)));
  }

  #take(raw: readonly R[]): SourceRecord[] {
    const shard = this.#shard;
    const { matches } = shard;
    const now = this.#clock.now();
    const taken: SourceRecord[] = [];
    let passed: string | undefined;
    for (const record of raw) {
      const sequenceNumber = shard.sequenceNumberOf(record);
      if (matches && !matches(record)) passed = this.#ledger.skip(sequenceNumber) ?? passed;
      else taken.push(shard.render(record, now, this.#ledger.add(sequenceNumber, shard.arrivedAt(record))));
    }
    if (taken.length < raw.length) this.#place.filtered(raw.length - taken.length);
    this.#pass(passed);
    return taken;
  }

  #pass(sequenceNumber: string | undefined): void {
    if (sequenceNumber === undefined) return;
    this.#checkpoint = { kind: "after", sequenceNumber };
    this.#place.checkpoint(this.#checkpoint);
  }
}
