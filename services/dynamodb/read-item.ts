import type { Item } from "./attribute-value.ts";
import { readUnits } from "./capacity.ts";
import type { Projection } from "./expressions/index.ts";
import type { Table } from "./model.ts";
import type { DynamoDbStore } from "./store.ts";

/** What is to be read of one item. */
export interface ItemRead {
  readonly table: Table;
  readonly place: Buffer;
  readonly projection: Projection | undefined;
}

/** @returns what the reader sees of it, and what it costs */
export function readItem(
  store: DynamoDbStore,
  { place, projection }: ItemRead,
  consistent: boolean | undefined,
): { readonly item: Item | undefined; readonly bytes: number; readonly units: number } {
  const stored = store.items.get(place);
  const bytes = stored?.sizeBytes ?? 0;
  const item = stored && (projection === undefined ? stored.item : projection.apply(stored.item));
  return { item, bytes, units: readUnits(bytes, consistent) };
}
