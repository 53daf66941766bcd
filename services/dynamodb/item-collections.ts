import type { Table as StorageTable } from "../../emulator/storage/storage.ts";
import { PARTITION_PREFIX_BYTES, SPACE_BYTES, spacePrefix } from "./item-keys.ts";
import { endOf } from "./key-order.ts";
import type { Index, Table } from "./model.ts";

/** What the items of one partition key may have together, in a table with local indexes. */
const MOST_COLLECTION_BYTES = 10 * 1024 ** 3;

/**
 * The sizes of item collections: what the items of one partition key have in their table and its local indexes. Only tables with
 * local indexes have any. A size stands beside the counts of its table, by what the keys of the partition begin with, and each
 * write keeps it up to date. One that is not there is measured, and kept by the next write: so are those of new partitions and of
 * those that an earlier version has written.
 */
export class ItemCollections {
  readonly #items: StorageTable<string>;
  readonly #counts: StorageTable<Uint8Array>;
  readonly #mostBytes: number;

  constructor(items: StorageTable<string>, counts: StorageTable<Uint8Array>, mostBytes = MOST_COLLECTION_BYTES) {
    this.#items = items;
    this.#counts = counts;
    this.#mostBytes = mostBytes;
  }

  /** @param key of an item of the collection */
  bytes(table: Table, key: Uint8Array): number {
    return this.#kept(key) ?? this.#measured(table, key);
  }

  /** Keeps what a write has made of the size. To be called in its transaction, behind its changes of items and entries. */
  grow(table: Table, key: Uint8Array, growth: number): void {
    const before = this.#kept(key);
    if (before === undefined) this.keep(key, this.#measured(table, key));
    else if (growth !== 0) this.keep(key, before + growth);
  }

  keep(key: Uint8Array, bytes: number): void {
    if (bytes === 0) {
      this.#counts.remove(prefixOf(key));
      return;
    }
    const kept = Buffer.allocUnsafe(8);
    kept.writeDoubleBE(bytes);
    this.#counts.put(prefixOf(key), kept);
  }

  /** Where it would be too large, a collection may become smaller, but not larger. */
  hasRoom(table: Table, key: Uint8Array, growth: number): boolean {
    return growth <= 0 || this.bytes(table, key) + growth <= this.#mostBytes;
  }

  /** Removes up to `limit` sizes of a table that is no more; false when there are none left. */
  purge(space: number, limit: number): boolean {
    // behind the table's own counts
    const range = { start: spacePrefix(space), end: spacePrefix(space + 1), exclusiveStart: true, limit };
    const keys = [...this.#counts.keys(range)];
    for (const key of keys) this.#counts.remove(key);
    return keys.length === limit;
  }

  #kept(key: Uint8Array): number | undefined {
    const kept = this.#counts.get(prefixOf(key));
    return kept && new DataView(kept.buffer, kept.byteOffset, kept.byteLength).getFloat64(0);
  }

  #measured(table: Table, key: Uint8Array): number {
    const partition = prefixOf(key).subarray(SPACE_BYTES);
    let bytes = 0;
    for (const { space } of [table, ...table.indexes.filter(isLocal)]) {
      const start = Buffer.concat([spacePrefix(space), partition]);
      for (const { value } of this.#items.range({ start, end: endOf(start) })) bytes += Number.parseInt(value, 10);
    }
    return bytes;
  }
}

export const prefixOf = (key: Uint8Array): Uint8Array => key.subarray(0, PARTITION_PREFIX_BYTES);

export const isLocal = ({ kind }: Index): boolean => kind === "local";

/** Whether the items of a table are in collections. */
export const hasCollections = ({ indexes }: Table): boolean => indexes.some(isLocal);
