import { validationError } from "../errors.ts";
import { itemKey } from "../item-keys.ts";
import type { ItemRead } from "../read-item.ts";
import type { DynamoDbStore } from "../store.ts";
import { checkIsKey, checkSingleAttributes, hasWholeKey, splitByKey } from "./key-conditions.ts";
import { planOf } from "./select.ts";
import type { Select } from "./statement.ts";

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

/** A SELECT of one item by its key and nothing else. @throws AwsError ValidationException */
export function locateRead(store: DynamoDbStore, select: Select): ItemRead {
  const { table, projection } = planOf(store, select);
  const { key } = splitByKey(select.where?.bound, table.keys);
  checkIsKey(table, key);
  return { table, place: itemKey(table, key), projection };
}
