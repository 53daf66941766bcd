import { itemKey, spacePrefix } from "../item-keys.ts";
import { spaceRange, type ItemStore, type SizedItem, type StoredItem } from "../item-store.ts";
import type { Table } from "../model.ts";
import type { ChangeLog, LogPosition } from "./change-log.ts";
import type { Snapshot } from "./model.ts";

/** Items that one transaction copies. */
const ITEMS_AT_ONCE = 500;
const BYTES_AT_ONCE = 4 * 1024 * 1024;

/** @param since the changes at this time, or place in the log, and later are not part of it */
export const beginSnapshot = (space: number, log: number | undefined, since: number | LogPosition): Snapshot => ({
  space,
  ...(log !== undefined && { log }),
  ...(typeof since === "number" ? { since } : { since: since.at, sinceNumber: since.number }),
  phase: "copying",
});

/**
 * Brings the items of a table, as they were at a time, into another space, by pieces, while the table goes on being written.
 * First the items are copied as they are found, then all changes since that time are undone in the copy, from the last one
 * back. So every item ends as it was before its first change, whenever it was copied; and what never changed is right as copied.
 */
export class Snapshots {
  readonly #items: ItemStore;
  readonly #changes: ChangeLog;

  constructor(items: ItemStore, changes: ChangeLog) {
    this.#items = items;
    this.#changes = changes;
  }

  /**
   * Does the next piece. To be called in the transaction that keeps what it answers.
   * @param target a table with the same keys, whose space and indexes are filled
   * @returns undefined when all is done
   */
  advance(snapshot: Snapshot, target: Table): Snapshot | undefined {
    return snapshot.phase === "copying" ? this.#copy(snapshot, target) : this.#undo(snapshot, target);
  }

  #copy(snapshot: Snapshot, target: Table): Snapshot | undefined {
    const chunk = this.#items.chunk(spaceRange(snapshot.space, snapshot.at), ITEMS_AT_ONCE, BYTES_AT_ONCE);
    const last = chunk.at(-1);
    if (last === undefined) {
      const { at: _done, ...rest } = snapshot;
      return snapshot.log === undefined ? undefined : { ...rest, phase: "undoing" };
    }
    for (const { item, sizeBytes } of chunk) this.#put(target, { item, sizeBytes });
    const keyInSource = itemKey(target, last.item);
    keyInSource.set(spacePrefix(snapshot.space));
    return { ...snapshot, at: keyInSource };
  }

  #undo(snapshot: Snapshot, target: Table): Snapshot | undefined {
    if (snapshot.log === undefined) return undefined;
    // read first, then written: a cursor must not meet its own writes
    const since = { at: snapshot.since, number: snapshot.sinceNumber ?? 0 };
    const chunk: { before: StoredItem; key: Uint8Array }[] = [];
    let bytes = 0;
    for (const change of this.#changes.backwards(snapshot.log, since, snapshot.at)) {
      chunk.push(change);
      bytes += change.before.sizeBytes;
      if (chunk.length === ITEMS_AT_ONCE || bytes >= BYTES_AT_ONCE) break;
    }
    for (const { before } of chunk) {
      if (before.sizeBytes > 0) this.#put(target, before);
      else this.#remove(target, before);
    }
    const last = chunk.at(-1);
    return last && { ...snapshot, at: last.key };
  }

  #put(target: Table, { item, sizeBytes }: SizedItem): void {
    const key = itemKey(target, item);
    this.#items.replace(target, key, this.#items.get(key), { item, sizeBytes });
  }

  #remove(target: Table, { item }: StoredItem): void {
    const key = itemKey(target, item);
    const there = this.#items.get(key);
    if (there !== undefined) this.#items.replace(target, key, there, undefined);
  }
}
