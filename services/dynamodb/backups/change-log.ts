import type { Clock } from "../../../emulator/runtime/clock.ts";
import type { Range, Storage, Table as StorageTable } from "../../../emulator/storage/storage.ts";
import { spacePrefix } from "../item-keys.ts";
import { StoredItem, type SizedItem } from "../item-store.ts";
import { keyOf } from "../key-checks.ts";
import type { Table } from "../model.ts";
import { TIME_KEY_BYTES, timeKey, timeOf } from "../time-keys.ts";

/*
 * What items were before they changed, beside the items in their map, each log in a space of its own (see time-keys.ts):
 *
 *   space · milliseconds since 1970 (6 bytes) · number (4)  ->  the item as it was kept; `0` and its key where there was none
 */
const NUMBER_BYTES = 4;

/** A change, seen from behind. */
export interface Change {
  readonly key: Uint8Array;
  readonly at: number;
  /** The item, or with a size of 0 the key of one that was not there. */
  readonly before: StoredItem;
}

/** A place in a log: the first change that is at this time, or later, and has this number of its time, or a higher one. */
export interface LogPosition {
  readonly at: number;
  readonly number: number;
}

/** The logs from which the earlier states of tables are found: by undoing what came later. */
export class ChangeLog {
  readonly #items: StorageTable<string>;
  readonly #clock: Clock;
  readonly #storage: Pick<Storage, "transaction">;
  #transaction = 0;
  #transactionAt = 0;
  /** By the log's space: where its last entry stands. Times never fall, whatever the clock does. */
  readonly #last = new Map<number, LogPosition>();

  constructor(items: StorageTable<string>, clock: Clock, storage: Pick<Storage, "transaction">) {
    this.#items = items;
    this.#clock = clock;
    this.#storage = storage;
  }

  /** To be called in the transaction that makes the change. */
  record(table: Table, logs: readonly number[], old: StoredItem | undefined, next: SizedItem | undefined): void {
    if (old === undefined && next === undefined) return;
    const kept = old?.kept ?? `0${JSON.stringify(keyOf(next?.item ?? {}, table.keys))}`;
    for (const space of logs) this.#items.put(this.#nextKey(space), kept);
  }

  /** Behind the last change that there is: what is changed from now on is behind it. */
  end(space: number): LogPosition {
    const last = this.#last.get(space) ?? this.#lastKept(space);
    return last === undefined ? { at: 0, number: 0 } : { at: last.at, number: last.number + 1 };
  }

  /** From the last change before `end` (a key of the log, or its end) down to that at `since`. */
  *backwards(space: number, since: LogPosition, end: Uint8Array | undefined): Generator<Change> {
    yield* this.#read({
      start: logKey(space, since.at, since.number),
      end: end ?? spacePrefix(space + 1),
      reverse: true,
    });
  }

  /** From the first change at `from` or later, or behind `after`, up to the last before `to`. */
  *forwards(space: number, from: number, to: number, after: Uint8Array | undefined): Generator<Change> {
    const start = after ?? logKey(space, from, 0);
    yield* this.#read({ start, end: logKey(space, to, 0), exclusiveStart: after !== undefined });
  }

  /** Removes up to `limit` changes from before a time; false when there are no more. */
  trim(space: number, before: number, limit: number): boolean {
    const keys = [...this.#items.keys({ start: spacePrefix(space), end: logKey(space, before, 0), limit })];
    for (const key of keys) this.#items.remove(key);
    return keys.length === limit;
  }

  *#read(range: Range): Generator<Change> {
    for (const { key: bytes, value } of this.#items.range(range)) {
      const key = bytes as unknown as Uint8Array;
      yield { key, at: timeOf(key), before: new StoredItem(value) };
    }
  }

  #nextKey(space: number): Buffer {
    const now = this.#now();
    const last = this.#last.get(space) ?? this.#lastKept(space);
    const next =
      last === undefined || now > last.at ? { at: now, number: 0 } : { at: last.at, number: last.number + 1 };
    this.#last.set(space, next);
    return logKey(space, next.at, next.number);
  }

  /** All changes of a transaction have one time: no state of any time has a part of it. */
  #now(): number {
    if (this.#storage.transaction !== this.#transaction) {
      this.#transaction = this.#storage.transaction;
      this.#transactionAt = this.#clock.now();
    }
    return this.#transactionAt;
  }

  #lastKept(space: number): LogPosition | undefined {
    for (const bytes of this.#items.keys({
      start: spacePrefix(space),
      end: spacePrefix(space + 1),
      reverse: true,
      limit: 1,
    })) {
      const key = bytes as unknown as Uint8Array;
      return { at: timeOf(key), number: new DataView(key.buffer, key.byteOffset).getUint32(TIME_KEY_BYTES) };
    }
    return undefined;
  }
}

function logKey(space: number, at: number, number: number): Buffer {
  const key = timeKey(space, at, NUMBER_BYTES);
  key.writeUInt32BE(number, TIME_KEY_BYTES);
  return key;
}
