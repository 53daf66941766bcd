import type { Table as StorageTable } from "../../../emulator/storage/storage.ts";
import { attributeOf, type Item } from "../attribute-value.ts";
import { SPACE_BYTES, spacePrefix } from "../item-keys.ts";
import { LATEST_MS, TIME_KEY_BYTES, timeKey, timeOf } from "../time-keys.ts";

/** Time to live of a table, unless it is disabled. */
export interface TimeToLive {
  readonly attribute: string;
  readonly status: "ENABLING" | "ENABLED" | "DISABLING";
  /** Where its entries stand. */
  readonly space: number;
  /** While the items that were there before are entered: how far that has come. */
  readonly backfill?: { readonly after?: Uint8Array };
}

/*
 * The items of a table in the order of their expiry, beside the items in their map, in a space of their own (see time-keys.ts):
 *
 *   space · milliseconds since 1970 (6 bytes) · the item's key behind its space  ->  nothing
 */

/** When an item expires, in epoch milliseconds; undefined where its attribute is none, no number, or out of all reach. */
export function expiryOf(item: Item | undefined, attribute: string): number | undefined {
  const value = item && attributeOf(item, attribute);
  if (value === undefined || !("N" in value)) return undefined;
  const ms = Math.ceil(Number(value.N) * 1000);
  return ms >= 0 && ms <= LATEST_MS ? ms : undefined;
}

export interface Expiring {
  readonly at: number;
  /** Of the item, in the table's space. */
  readonly key: Uint8Array;
}

/** Finds the items that expire, without reading the others. Kept up to date by the writes themselves. */
export class ExpiryIndex {
  readonly #items: StorageTable<string>;
  #onEntry: (expiresAt: number) => void = () => {};

  constructor(items: StorageTable<string>) {
    this.#items = items;
  }

  /** Calls `listener` with the time of each entry that is made. */
  listen(listener: (expiresAt: number) => void): void {
    this.#onEntry = listener;
  }

  /** To be called in the transaction that changes the item at `key`. */
  replace({ space, attribute }: TimeToLive, key: Uint8Array, old: Item | undefined, next: Item | undefined): void {
    const before = expiryOf(old, attribute);
    const after = expiryOf(next, attribute);
    if (before === after) return;
    if (before !== undefined) this.#items.remove(entryKey(space, before, key));
    if (after !== undefined) this.#enter(space, after, key);
  }

  /** Enters an item that was there before the index. */
  enter({ space, attribute }: TimeToLive, key: Uint8Array, item: Item): void {
    const at = expiryOf(item, attribute);
    if (at !== undefined) this.#enter(space, at, key);
  }

  /** The entries from `from` on, the earliest first. */
  *read({ space }: TimeToLive, tableSpace: number, from: number, limit: number): Generator<Expiring> {
    const range = { start: timeKey(space, from), end: spacePrefix(space + 1), limit };
    for (const bytes of this.#items.keys(range)) {
      const key = bytes as unknown as Uint8Array;
      yield { at: timeOf(key), key: Buffer.concat([spacePrefix(tableSpace), key.subarray(TIME_KEY_BYTES)]) };
    }
  }

  #enter(space: number, at: number, key: Uint8Array): void {
    this.#items.put(entryKey(space, at, key), "");
    this.#onEntry(at);
  }
}

const entryKey = (space: number, at: number, key: Uint8Array): Buffer =>
  Buffer.concat([timeKey(space, at), key.subarray(SPACE_BYTES)]);
