import { attributeOf, type Item } from "./attribute-value.ts";
import { writeUnits } from "./capacity.ts";
import { hasKeys, indexEntryKey } from "./item-keys.ts";
import { itemSizeBytes } from "./item-size.ts";
import type { SizedItem } from "./item-store.ts";
import { keyNames, type Index, type Table } from "./model.ts";

/** An entry as it is kept. */
export interface IndexEntry {
  readonly key: Buffer;
  readonly text: string;
  readonly sizeBytes: number;
}

/** What it takes to change an entry of an index; nothing where it stays as it is. */
export function entryUnits(old: IndexEntry | undefined, next: IndexEntry | undefined): number {
  if (old !== undefined && next?.key.equals(old.key) === true) {
    return old.text === next.text ? 0 : writeUnits(Math.max(old.sizeBytes, next.sizeBytes));
  }
  return (old === undefined ? 0 : writeUnits(old.sizeBytes)) + (next === undefined ? 0 : writeUnits(next.sizeBytes));
}

/** What an index keeps of an item; undefined when the item lacks one of its keys (a sparse index). */
export function indexEntry(
  table: Table,
  index: Index,
  source: SizedItem & { readonly text: string },
): IndexEntry | undefined {
  if (!hasKeys(source.item, index.keys)) return undefined;
  const key = indexEntryKey(table, index, source.item);
  if (index.projection.type === "ALL") return { key, text: source.text, sizeBytes: source.sizeBytes };
  const item = projectedItem(table, index, source.item);
  return { key, text: JSON.stringify(item), sizeBytes: itemSizeBytes(item) };
}

function projectedItem(table: Table, index: Index, item: Item): Item {
  const projected: [string, Item[string]][] = [];
  for (const name of projectedNames(table, index)) {
    const value = attributeOf(item, name);
    if (value !== undefined) projected.push([name, value]);
  }
  return Object.fromEntries(projected);
}

/** The attributes that an index has of its table's items, unless it has all of them. */
export const projectedNames = (table: Table, index: Index): ReadonlySet<string> =>
  new Set([...keyNames(table.keys), ...keyNames(index.keys), ...(index.projection.nonKeyAttributes ?? [])]);
