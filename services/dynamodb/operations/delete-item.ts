import { parseItem } from "../attribute-value.ts";
import { consumedByWrite } from "../capacity.ts";
import { collectionMetrics } from "../collection-growth.ts";
import { counted } from "../errors.ts";
import { checkExpressionParameters, expressionsOf } from "../expression-parameters.ts";
import type { Operation } from "../index.ts";
import { itemKey } from "../item-keys.ts";
import { checkKey, checkNoPartsOfKeys } from "../key-checks.ts";
import { LATER_WORDS } from "../value-words.ts";
import { wireItem } from "../wire.ts";
import { checkCondition, writeItem } from "../write-item.ts";

/**
 * Deletes one item by its key, if its condition holds; to delete what is not there is no error.
 * @throws ValidationException, ResourceNotFoundException, ConditionalCheckFailedException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
 */
export const deleteItem: Operation<"DeleteItem"> = async (ctx, input) => {
  const { key, condition } = counted(() => {
    checkExpressionParameters(input, ["ConditionExpression"], ["Expected", "ConditionalOperator"], true);
    const parsed = parseItem(input.Key, LATER_WORDS);
    return { key: parsed, condition: expressionsOf(input, LATER_WORDS).condition };
  });
  const table = ctx.store.activeTable(input.TableName);
  checkKey(table, key);
  checkNoPartsOfKeys(table, condition);

  const { old, units } = await writeItem(
    ctx.store,
    table,
    { place: itemKey(table, key), contributor: key },
    (stored) => {
      checkCondition(condition, stored, input.ReturnValuesOnConditionCheckFailure);
      return undefined;
    },
  );
  return {
    Attributes: input.ReturnValues === "ALL_OLD" && old !== undefined ? wireItem(old.item) : undefined,
    ConsumedCapacity: consumedByWrite(input.ReturnConsumedCapacity, input.TableName, units),
    ItemCollectionMetrics: collectionMetrics(ctx.store, table, key, input.ReturnItemCollectionMetrics),
  };
};
