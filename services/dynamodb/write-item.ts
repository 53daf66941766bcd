import type { WriteUnits } from "./capacity.ts";
import { checkRoom } from "./collection-growth.ts";
import { conditionFailed, resourceNotFound, validationError } from "./errors.ts";
import type { Condition } from "./expressions/index.ts";
import type { Item } from "./attribute-value.ts";
import type { SizedItem, StoredItem } from "./item-store.ts";
import { MAX_ITEM_BYTES, type Table } from "./model.ts";
import type { DynamoDbStore } from "./store.ts";

export interface Written {
  readonly old: StoredItem | undefined;
  readonly next: SizedItem | undefined;
  readonly units: WriteUnits;
}

/**
 * Reads, changes and writes one item in one transaction. `change` throws to leave everything as it is.
 * @param where its place, and whom contributor insights count it for
 * @throws AwsError ResourceNotFoundException, for a table that has gone meanwhile; ItemCollectionSizeLimitExceededException,
 *   ProvisionedThroughputExceededException, ThrottlingException
 */
export function writeItem(
  store: DynamoDbStore,
  table: Table,
  where: { readonly place: Uint8Array; readonly contributor?: Item },
  change: (old: StoredItem | undefined) => SizedItem | undefined,
): Written | Promise<Written> {
  const { place, contributor } = where;
  return store.writeTogether(() => {
    const current = currentTable(store, table);
    const old = store.items.get(place);
    const next = change(old);
    checkRoom(store.items, current, place, { old, next });
    store.throughput.checkWrite(current, place, { old, next }, 1, contributor);
    return { old, next, units: store.items.replace(current, place, old, next) };
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
export function checkUpdateSize(sizeBytes: number): void {
  if (sizeBytes > MAX_ITEM_BYTES) throw validationError("Item size to update has exceeded the maximum allowed size");
}
