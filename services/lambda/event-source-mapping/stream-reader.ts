import type { Clock } from "../../../emulator/runtime/clock.ts";
import { Ledger } from "./ledger.ts";
import type { Position, SourceRecord } from "./model.ts";
import type { Cursor, ShardPage } from "./shard-cursor.ts";
import type { Place, Reader, ReadResult } from "./source.ts";

/** What a record of one shard is in an event. */
export interface RecordForm<R> {
  sequenceNumberOf(record: R): string;
  arrivedAt(record: R): number;
  /** Undefined: the function sees all of them. */
  readonly matches: ((record: R) => boolean) | undefined;
  render(record: R, readAt: number, ordinal: number): SourceRecord;
}

/** Reads one shard of a stream, and moves its checkpoint. */
export class StreamReader<R> implements Reader {
  readonly #form: RecordForm<R>;
  readonly #cursor: Cursor<R>;
  readonly #clock: Clock;
  readonly #place: Place;
  readonly #ledger = new Ledger();
  #checkpoint: Position;
  /** Whether the checkpoint is written. */
  #isKept = true;

  constructor(form: RecordForm<R>, cursor: Cursor<R>, clock: Clock, place: Place) {
    this.#form = form;
    this.#cursor = cursor;
    this.#clock = clock;
    this.#place = place;
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
    this.#keep();
    const page = await this.#cursor.read(limit);
    const records = this.#take(page);
    // what was read is not lost for a checkpoint that cannot be written: the next read begins with it, and fails with it
    const isKept = this.#tryToKeep();
    return {
      records,
      count: page.records.length,
      isAtTip: page.isAtTip && isKept,
      hasEnded: page.next === undefined,
    };
  }

  settle(records: readonly SourceRecord[]): void {
    this.#pass(this.#ledger.settle(records.map(({ ordinal }) => ordinal)));
    this.#keep();
  }

  async close(): Promise<void> {
    await this.#cursor.close?.();
  }

  #take({ records: raw, passed: nothingTo }: ShardPage<R>): SourceRecord[] {
    const form = this.#form;
    const { matches } = form;
    const now = this.#clock.now();
    const taken: SourceRecord[] = [];
    let passed = nothingTo === undefined ? undefined : this.#ledger.skip(nothingTo);
    for (const record of raw) {
      const sequenceNumber = form.sequenceNumberOf(record);
      if (matches && !matches(record)) passed = this.#ledger.skip(sequenceNumber) ?? passed;
      else taken.push(form.render(record, now, this.#ledger.add(sequenceNumber, form.arrivedAt(record))));
    }
    if (taken.length < raw.length) this.#place.filtered(raw.length - taken.length);
    this.#pass(passed);
    return taken;
  }

  #pass(sequenceNumber: string | undefined): void {
    if (sequenceNumber === undefined) return;
    this.#checkpoint = { kind: "after", sequenceNumber };
    this.#isKept = false;
  }

  #tryToKeep(): boolean {
    try {
      this.#keep();
      return true;
    } catch {
      return false;
    }
  }

  /** Writes the checkpoint, if it is not written yet. */
  #keep(): void {
    if (this.#isKept) return;
    this.#place.checkpoint(this.#checkpoint);
    this.#isKept = true;
  }
}
