import { parseItem, type Item } from "../attribute-value.ts";
import { consumedByWrite } from "../capacity.ts";
import { collectionMetrics } from "../collection-growth.ts";
import { counted } from "../errors.ts";
import { checkExpressionParameters, expressionsOf } from "../expression-parameters.ts";
import { projectPaths, type Update } from "../expressions/index.ts";
import type { Operation } from "../index.ts";
import { itemKey } from "../item-keys.ts";
import {
  checkKey,
  checkNoPartsOfKeys,
  checkUpdatedIndexKeysNotEmpty,
  checkUpdatesNoKey,
  checkWrittenTypes,
} from "../key-checks.ts";
import { updatedByAttributes } from "../legacy-parameters.ts";
import { updatedItem } from "../update.ts";
import { LATER_WORDS } from "../value-words.ts";
import { wireItem } from "../wire.ts";
import { checkCondition, checkUpdateSize, writeItem, type Written } from "../write-item.ts";

const EXPRESSIONS = ["UpdateExpression", "ConditionExpression"] as const;
const LEGACY = ["AttributeUpdates", "Expected", "ConditionalOperator"];

/**
 * Changes the attributes of one item that its expression names, if its condition holds; makes the item if there is none
 * and the expression gives it anything.
 * @throws ValidationException, ResourceNotFoundException, ConditionalCheckFailedException,
 * ItemCollectionSizeLimitExceededException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
 */
export const updateItem: Operation<"UpdateItem"> = async (ctx, input) => {
  const { key, condition, update } = counted(() => {
    checkExpressionParameters(input, EXPRESSIONS, LEGACY, true);
    return { key: parseItem(input.Key, LATER_WORDS), ...expressionsOf(input, LATER_WORDS) };
  });
  const table = ctx.store.activeTable(input.TableName);
  checkKey(table, key);
  // transactions, PartiQL and AttributeUpdates are measured by the item that results alone
  if (update !== undefined && input.UpdateExpression !== undefined) checkUpdateSize(update.sizeBytes());
  if (update !== undefined) {
    checkUpdatesNoKey(table, update.attributes);
    checkWrittenTypes(table, update);
  }
  checkNoPartsOfKeys(table, update, condition);

  const written = await writeItem(ctx.store, table, { place: itemKey(table, key), contributor: key }, (old) => {
    checkCondition(condition, old, input.ReturnValuesOnConditionCheckFailure);
    const updated = () => updatedItem(table, key, old, update);
    const next = input.AttributeUpdates === undefined ? updated() : updatedByAttributes(updated);
    if (update !== undefined && next !== undefined) checkUpdatedIndexKeysNotEmpty(table, next.item, update.attributes);
    return next;
  });
  const attributes = returned(input.ReturnValues, written, update);
  return {
    Attributes: attributes && wireItem(attributes),
    ConsumedCapacity: consumedByWrite(input.ReturnConsumedCapacity, input.TableName, written.units),
    ItemCollectionMetrics: collectionMetrics(ctx.store, table, key, input.ReturnItemCollectionMetrics),
  };
};

function returned(wanted: string | undefined, { old, next }: Written, update: Update | undefined): Item | undefined {
  switch (wanted) {
    case "ALL_OLD":
      return old?.item;
    case "ALL_NEW":
      return next?.item;
    case "UPDATED_OLD":
      return old && update && projectPaths(old.item, update.paths);
    case "UPDATED_NEW":
      return next && update && projectPaths(next.item, update.paths);
    default:
      return undefined;
  }
}
