import type { Item } from "./attribute-value.ts";
import type { Update } from "./expressions/index.ts";
import { sized, type SizedItem, type StoredItem } from "./item-store.ts";
import { checkIndexKeyTypes } from "./key-checks.ts";
import type { Table } from "./model.ts";
import { checkUpdateSize } from "./write-item.ts";

/**
 * The item after an update; without an expression, the item as it is or a new one of the key alone. An expression that
 * only takes away makes no item where there is none.
 * @throws AwsError ValidationException
 */
export function updatedItem(
  table: Table,
  key: Item,
  old: StoredItem | undefined,
  update: Update | undefined,
): SizedItem | undefined {
  const before = old?.item ?? key;
  const item = update === undefined ? before : update.apply(before, { isNew: old === undefined });
  if (old === undefined && update !== undefined && Object.keys(item).length === Object.keys(key).length)
    return undefined;
  if (update !== undefined && table.indexes.length > 0) checkIndexKeyTypes(table, item, update.attributes);
  const next = sized(item);
  checkUpdateSize(next.sizeBytes);
  return next;
}
