import type { Table as StorageTable } from "../../emulator/storage/storage.ts";
import type { Item } from "./attribute-value.ts";
import type { ChangeLog } from "./backups/change-log.ts";
import { writeUnits, type WriteUnits } from "./capacity.ts";
import type { Replicas } from "./global-tables/replicas.ts";
import { entryUnits, indexEntry, type IndexEntry } from "./index-entries.ts";
import { hasCollections, isLocal, type ItemCollections } from "./item-collections.ts";
import { itemKey, spacePrefix } from "./item-keys.ts";
import { itemSizeBytes } from "./item-size.ts";
import type { Index, Table } from "./model.ts";
import type { KinesisDestinations } from "./kinesis-destinations/destinations.ts";
import type { TableStreams } from "./streams/table-streams.ts";
import type { ExpiryIndex } from "./time-to-live/expiry-index.ts";

/** An item as it is kept: its size, so that nothing need be parsed to know it, and its JSON text. */
export class StoredItem {
  readonly sizeBytes: number;
  readonly kept: string;
  #item: Item | undefined;

  constructor(kept: string) {
    this.kept = kept;
    this.sizeBytes = Number.parseInt(kept, 10);
  }

  get text(): string {
    return this.kept.slice(this.kept.indexOf("{"));
  }

  get item(): Item {
    this.#item ??= JSON.parse(this.text) as Item;
    return this.#item;
  }
}

/** An item that is to be written. */
export interface SizedItem {
  readonly item: Item;
  readonly sizeBytes: number;
}

export interface Counts {
  readonly items: number;
  readonly bytes: number;
}

export interface EntryRange {
  readonly start: Uint8Array;
  /** Exclusive. */
  readonly end: Uint8Array;
  /** Entries behind this key only, in the direction of the reading. */
  readonly after?: Uint8Array;
  readonly reverse?: boolean;
}

/** An item as it is, and as it is to be; undefined where there is none. */
export interface ItemChange {
  readonly old: StoredItem | undefined;
  readonly next: SizedItem | undefined;
}

const NO_INDEXES: ReadonlyMap<Index, number> = new Map();
/** Items that one transaction copies into a new index. */
const BACKFILL_ITEMS = 500;
const BACKFILL_BYTES = 4 * 1024 * 1024;

export const sized = (item: Item): SizedItem => ({ item, sizeBytes: itemSizeBytes(item) });

/** What hears of each change of an item, in the transaction that makes it. */
interface Listeners {
  readonly collections: ItemCollections;
  readonly streams: TableStreams;
  readonly expiries: ExpiryIndex;
  readonly changes: ChangeLog;
  readonly kinesis: KinesisDestinations;
  /** They are there when the first item is. */
  readonly replicas: () => Replicas;
}

/** The items of all tables and the entries of their indexes, each in its space of one ordered map (see item-keys.ts). */
export class ItemStore {
  readonly #items: StorageTable<string>;
  /** Space -> number of items and their bytes, two float64. */
  readonly #counts: StorageTable<Uint8Array>;
  readonly #streams: TableStreams;
  readonly #expiries: ExpiryIndex;
  readonly #changes: ChangeLog;
  readonly #kinesis: KinesisDestinations;
  readonly #replicas: () => Replicas;
  readonly collections: ItemCollections;

  constructor(
    items: StorageTable<string>,
    counts: StorageTable<Uint8Array>,
    { collections, streams, expiries, changes, kinesis, replicas }: Listeners,
  ) {
    this.#items = items;
    this.#counts = counts;
    this.#streams = streams;
    this.#expiries = expiries;
    this.#changes = changes;
    this.#kinesis = kinesis;
    this.#replicas = replicas;
    this.collections = collections;
  }

  get(key: Uint8Array): StoredItem | undefined {
    const kept = this.#items.get(key);
    return kept === undefined ? undefined : new StoredItem(kept);
  }

  /** Lazily, in the order of the keys: nothing is read that the caller does not take. */
  *read({ start, end, after, reverse = false }: EntryRange): Generator<StoredItem> {
    const range =
      after === undefined
        ? { start, end, reverse }
        : reverse
          ? { start, end: after, reverse }
          : { start: after, end, exclusiveStart: true };
    for (const { value } of this.#items.range(range)) yield new StoredItem(value);
  }

  counts(space: number): Counts {
    const kept = this.#counts.get(spacePrefix(space));
    if (kept === undefined) return { items: 0, bytes: 0 };
    const view = new DataView(kept.buffer, kept.byteOffset, kept.byteLength);
    return { items: view.getFloat64(0), bytes: view.getFloat64(8) };
  }

  /**
   * Puts `next` (or removes the item, when there is none) in place of `old`, with its entries in all indexes and its record in
   * the table's stream, here and in the table's replicas. To be called in the transaction that read `old`.
   * @param expired it is removed because its time to live is over
   */
  replace(
    table: Table,
    key: Uint8Array,
    old: StoredItem | undefined,
    next: SizedItem | undefined,
    expired = false,
  ): WriteUnits {
    if (table.replicas !== undefined) this.#replicas().spread(table, (next ?? old)?.item, next);
    return this.#put(table, key, old, next, expired);
  }

  /** The same for a write that was done in another table of the global table. */
  replicate(table: Table, key: Uint8Array, next: SizedItem | undefined): void {
    this.#put(table, key, this.get(key), next, false);
  }

  #put(
    table: Table,
    key: Uint8Array,
    old: StoredItem | undefined,
    next: SizedItem | undefined,
    expired: boolean,
  ): WriteUnits {
    const units = writeUnits(Math.max(old?.sizeBytes ?? 0, next?.sizeBytes ?? 0));
    const text = next === undefined ? undefined : JSON.stringify(next.item);
    if (next !== undefined) this.#items.put(key, `${next.sizeBytes}${text}`);
    else if (old !== undefined) this.#items.remove(key);
    this.#count(table.space, old?.sizeBytes, next?.sizeBytes);
    if (table.stream?.enabled === true) this.#streams.record(table, table.stream, key, { old, next, text, expired });
    if (table.kinesisDestinations !== undefined) this.#kinesis.record(table, key, { old, next, text, expired });
    if (table.timeToLive !== undefined) this.#expiries.replace(table.timeToLive, key, old?.item, next?.item);
    if (table.logs !== undefined) this.#changes.record(table, table.logs, old, next);
    if (table.indexes.length === 0) return { table: units, indexes: NO_INDEXES };

    const indexes = new Map<Index, number>();
    let growth = grownBy(old, next);
    for (const { index, before, after } of this.#entries(table, old, next, text ?? "")) {
      const taken = this.#replaceEntry(index, before, after);
      if (taken > 0) indexes.set(index, taken);
      if (isLocal(index)) growth += grownBy(before, after);
    }
    if (hasCollections(table)) this.collections.grow(table, key, growth);
    return { table: units, indexes };
  }

  /** How much larger a change makes the collection of its item. */
  collectionGrowth(table: Table, old: StoredItem | undefined, next: SizedItem | undefined): number {
    let growth = grownBy(old, next);
    for (const { index, before, after } of this.#entries(table, old, next, "")) {
      if (isLocal(index)) growth += grownBy(before, after);
    }
    return growth;
  }

  /** The units that `replace` is going to take. */
  unitsOf(table: Table, old: StoredItem | undefined, next: SizedItem | undefined): WriteUnits {
    const units = writeUnits(Math.max(old?.sizeBytes ?? 0, next?.sizeBytes ?? 0));
    if (table.indexes.length === 0) return { table: units, indexes: NO_INDEXES };
    const indexes = new Map<Index, number>();
    for (const { index, before, after } of this.#entries(table, old, next, next ? JSON.stringify(next.item) : "")) {
      const taken = entryUnits(before, after);
      if (taken > 0) indexes.set(index, taken);
    }
    return { table: units, indexes };
  }

  /** An item's entries of all indexes, as they are and as they are to be. */
  *#entries(table: Table, old: StoredItem | undefined, next: SizedItem | undefined, text: string) {
    for (const index of table.indexes) {
      if (index.status === "DELETING") continue;
      const before = old && this.#enteredEntry(table, index, old);
      const after = next && indexEntry(table, index, { item: next.item, sizeBytes: next.sizeBytes, text });
      yield { index, before, after };
    }
  }

  /**
   * Enters the next items of a table, those behind `after`, into one of its indexes.
   * @returns the key of the last of them; undefined when there are no more
   */
  backfill(table: Table, index: Index, after: Uint8Array | undefined): Uint8Array | undefined {
    const chunk = this.chunk(spaceRange(table.space, after), BACKFILL_ITEMS, BACKFILL_BYTES);
    for (const stored of chunk) {
      const entry = indexEntry(table, index, stored);
      if (entry !== undefined && this.get(entry.key) === undefined) this.#replaceEntry(index, undefined, entry);
    }
    const last = chunk.at(-1);
    return last && itemKey(table, last.item);
  }

  /**
   * The next items of a range, for work that is done by pieces. They are read before any of them is written elsewhere: a cursor
   * must not meet its own writes.
   */
  chunk(range: EntryRange, mostItems: number, mostBytes: number): StoredItem[] {
    const chunk: StoredItem[] = [];
    let bytes = 0;
    for (const stored of this.read(range)) {
      chunk.push(stored);
      bytes += stored.sizeBytes;
      if (chunk.length === mostItems || bytes >= mostBytes) break;
    }
    return chunk;
  }

  /** Removes up to `limit` entries of a space that nothing refers to any more; false when it is empty. */
  purge(space: number, limit: number): boolean {
    const keys = [...this.#items.keys({ start: spacePrefix(space), end: spacePrefix(space + 1), limit })];
    for (const key of keys) this.#items.remove(key);
    if (keys.length === limit) return true;
    if (this.collections.purge(space, limit)) return true;
    this.#counts.remove(spacePrefix(space));
    return false;
  }

  /** The entry of an item that is there; a new index may not have it yet. */
  #enteredEntry(table: Table, index: Index, item: StoredItem): IndexEntry | undefined {
    const entry = indexEntry(table, index, item);
    return entry !== undefined && index.status === "CREATING" && this.get(entry.key) === undefined ? undefined : entry;
  }

  #replaceEntry(index: Index, old: IndexEntry | undefined, next: IndexEntry | undefined): number {
    const units = entryUnits(old, next);
    if (units === 0) return 0;
    if (old !== undefined && next?.key.equals(old.key) !== true) this.#items.remove(old.key);
    if (next !== undefined) this.#items.put(next.key, `${next.sizeBytes}${next.text}`);
    this.#count(index.space, old?.sizeBytes, next?.sizeBytes);
    return units;
  }

  #count(space: number, oldBytes: number | undefined, nextBytes: number | undefined): void {
    if (oldBytes === nextBytes) return;
    const { items, bytes } = this.counts(space);
    const kept = new DataView(new ArrayBuffer(16));
    kept.setFloat64(0, items + (nextBytes === undefined ? 0 : 1) - (oldBytes === undefined ? 0 : 1));
    kept.setFloat64(8, bytes + (nextBytes ?? 0) - (oldBytes ?? 0));
    this.#counts.put(spacePrefix(space), Buffer.from(kept.buffer));
  }
}

interface Sized {
  readonly sizeBytes: number;
}

const grownBy = (old: Sized | undefined, next: Sized | undefined): number =>
  (next?.sizeBytes ?? 0) - (old?.sizeBytes ?? 0);

/** All of a space, or what is behind a key of it. */
export const spaceRange = (space: number, after?: Uint8Array): EntryRange => ({
  start: spacePrefix(space),
  end: spacePrefix(space + 1),
  ...(after && { after }),
});
