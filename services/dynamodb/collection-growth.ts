import type { OutputOf } from "../../emulator/model/sdk.ts";
import type { Item } from "./attribute-value.ts";
import { collectionTooLarge } from "./errors.ts";
import { hasCollections, prefixOf } from "./item-collections.ts";
import { itemKey } from "./item-keys.ts";
import type { ItemChange, ItemStore } from "./item-store.ts";
import type { Table } from "./model.ts";
import type { DynamoDbStore } from "./store.ts";
import { wireItem } from "./wire.ts";

type ItemCollectionMetrics = NonNullable<OutputOf<"dynamodb", "PutItem">["ItemCollectionMetrics"]>;

/** What changes that are made together add to their item collections. */
export class CollectionGrowth {
  readonly #items: ItemStore;
  readonly #growth = new Map<string, number>();

  constructor(items: ItemStore) {
    this.#items = items;
  }

  /** Whether the collection has room for a change, beside those before it. */
  hasRoom(table: Table, key: Uint8Array, { old, next }: ItemChange): boolean {
    if (!hasCollections(table)) return true;
    const collection = Buffer.from(prefixOf(key)).toString("latin1");
    const growth = (this.#growth.get(collection) ?? 0) + this.#items.collectionGrowth(table, old, next);
    this.#growth.set(collection, growth);
    return this.#items.collections.hasRoom(table, key, growth);
  }
}

/** @throws AwsError ItemCollectionSizeLimitExceededException */
export function checkRoom(items: ItemStore, table: Table, key: Uint8Array, change: ItemChange): void {
  if (!hasCollections(table)) return; // as most: nothing is made for them
  if (!new CollectionGrowth(items).hasRoom(table, key, change)) throw collectionTooLarge();
}

const GIGABYTE = 1024 ** 3;

/** The size of the item's collection, where it is in one, between whole gigabytes. */
export function collectionMetrics(
  { items }: DynamoDbStore,
  table: Table,
  item: Item,
  wanted: string | undefined,
): ItemCollectionMetrics | undefined {
  if (wanted !== "SIZE" || !hasCollections(table)) return undefined;
  const { name } = table.keys.partition[0];
  const gigabytes = Math.floor(items.collections.bytes(table, itemKey(table, item)) / GIGABYTE);
  return {
    ItemCollectionKey: wireItem({ [name]: item[name]! }),
    SizeEstimateRangeGB: [gigabytes, gigabytes + 1],
  };
}
