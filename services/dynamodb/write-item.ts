import type { OutputOf } from "../../emulator/model/sdk.ts";
import { conditionFailed, resourceNotFound, validationError } from "./errors.ts";
import type { Condition } from "./expressions/index.ts";
import { partitionPrefix } from "./item-keys.ts";
import { afterPrefix } from "./key-order.ts";
import type { SizedItem, StoredItem, WriteUnits } from "./item-store.ts";
import { MAX_ITEM_BYTES, type Table } from "./model.ts";
import type { DynamoDbStore } from "./store.ts";
import type { Item } from "./attribute-value.ts";
import { wireItem } from "./wire.ts";

type ItemCollectionMetrics = NonNullable<OutputOf<"dynamodb", "PutItem">["ItemCollectionMetrics"]>;

export interface Written {
  readonly old: StoredItem | undefined;
  readonly next: SizedItem | undefined;
  readonly units: WriteUnits;
}

/**
 * Reads, changes and writes one item in one transaction. `change` throws to leave everything as it is.
 * @throws AwsError ResourceNotFoundException, for a table that has gone meanwhile; ProvisionedThroughputExceededException,
 *   ThrottlingException
 */
export function writeItem(
  store: DynamoDbStore,
  table: Table,
  key: Uint8Array,
  change: (old: StoredItem | undefined) => SizedItem | undefined,
): Written | Promise<Written> {
  return store.writeTogether(() => {
    const current = currentTable(store, table);
    const old = store.items.get(key);
    const next = change(old);
    store.throughput.checkWrite(current, key, { old, next });
    return { old, next, units: store.items.replace(current, key, old, next) };
  });
}

/**
 * The table as it is now: an index may have been added since the request was checked.
 * @throws AwsError ResourceNotFoundException, for a table that has gone meanwhile
 */
export function currentTable(store: DynamoDbStore, { id, name }: Table): Table {
  const current = store.findTable(name);
  if (current?.id !== id) throw resourceNotFound();
  return current;
}

/** @throws AwsError ConditionalCheckFailedException, with the item when `returnValues` is ALL_OLD */
export function checkCondition(
  condition: Condition | undefined,
  old: StoredItem | undefined,
  returnValues: string | undefined,
): void {
  if (condition === undefined || condition.matches(old?.item)) return;
  throw conditionFailed(returnValues === "ALL_OLD" ? old?.item : undefined);
}

/** @throws AwsError ValidationException */
export function checkPutSize({ sizeBytes }: SizedItem): void {
  if (sizeBytes > MAX_ITEM_BYTES) throw validationError("Item size has exceeded the maximum allowed size");
}

/** @throws AwsError ValidationException */
export function checkUpdateSize({ sizeBytes }: SizedItem): void {
  if (sizeBytes > MAX_ITEM_BYTES) throw validationError("Item size to update has exceeded the maximum allowed size");
}

const GIGABYTE = 1024 ** 3;

/** The size of the item's partition in the table and its local indexes; only tables with local indexes have it. */
export function collectionMetrics(
  store: DynamoDbStore,
  table: Table,
  key: Item,
  wanted: string | undefined,
): ItemCollectionMetrics | undefined {
  const locals = table.indexes.filter((index) => index.kind === "local");
  const partition = key[table.keys.partition.name];
  if (wanted !== "SIZE" || locals.length === 0 || partition === undefined) return undefined;
  let bytes = 0;
  for (const { space } of [table, ...locals]) {
    const start = partitionPrefix(space, partition);
    for (const { sizeBytes } of store.items.read({ start, end: endOf(start) })) bytes += sizeBytes;
  }
  const gigabytes = Math.floor(bytes / GIGABYTE);
  return {
    ItemCollectionKey: wireItem({ [table.keys.partition.name]: partition }),
    SizeEstimateRangeGB: [gigabytes, gigabytes + 1],
  };
}

/** The end of all keys that begin with `prefix`; a prefix begins with a space, which is never all 0xff. */
export const endOf = (prefix: Uint8Array): Uint8Array => {
  const end = afterPrefix(prefix);
  if (end === undefined) throw new Error("a key prefix without an end");
  return end;
};
