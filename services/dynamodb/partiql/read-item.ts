import type { Item } from "../attribute-value.ts";
import { readUnits } from "../capacity.ts";
import { validationError } from "../errors.ts";
import { itemKey } from "../item-keys.ts";
import type { DynamoDbStore } from "../store.ts";
import { checkIsKey, checkSingleAttributes, hasWholeKey, splitByKey } from "./key-conditions.ts";
import { planOf, type Plan } from "./select.ts";
import type { Select } from "./statement.ts";

/** A SELECT of one item by its key and nothing else: the only one that batches and transactions take. */
export interface ItemRead {
  readonly plan: Plan;
  readonly place: Buffer;
}

/**
 * Batches and transactions take no other SELECT. @param operation the name that the refusal has
 * @throws AwsError ResourceNotFoundException, ValidationException
 */
export function checkReadsItem(store: DynamoDbStore, { source, where }: Select, operation: string): void {
  const { keys, indexes } = store.activeTable(source.tableName);
  const index = indexes.find(({ name }) => name === source.indexName);
  if (index !== undefined) checkSingleAttributes(index.keys);
  const { key, rest } = splitByKey(where?.bound, keys);
  if (rest.length > 0 || source.indexName !== undefined || !hasWholeKey(keys, key)) {
    throw validationError(`Select statements within ${operation} must specify the primary key in the where clause.`);
  }
}

/** @throws AwsError ValidationException */
export function locateRead(store: DynamoDbStore, select: Select): ItemRead {
  const plan = planOf(store, select);
  const { key } = splitByKey(select.where?.bound, plan.table.keys);
  checkIsKey(plan.table, key);
  return { plan, place: itemKey(plan.table, key) };
}

export function readItem(
  store: DynamoDbStore,
  { plan, place }: ItemRead,
  consistent: boolean | undefined,
): { readonly item: Item | undefined; readonly bytes: number; readonly units: number } {
  const stored = store.items.get(place);
  const bytes = stored?.sizeBytes ?? 0;
  const item = stored && (plan.projection === undefined ? stored.item : plan.projection.apply(stored.item));
  return { item, bytes, units: readUnits(bytes, consistent) };
}
