import { parseItem } from "../attribute-value.ts";
import { consumedByWrite } from "../capacity.ts";
import { collectionMetrics } from "../collection-growth.ts";
import { counted, validationError } from "../errors.ts";
import { checkExpressionParameters, expressionsOf } from "../expression-parameters.ts";
import type { Operation } from "../index.ts";
import { itemKey } from "../item-keys.ts";
import { sized } from "../item-store.ts";
import { checkItem, checkNoPartsOfKeys } from "../key-checks.ts";
import { ONLY_OLD } from "../request-members.ts";
import { LATER_WORDS } from "../value-words.ts";
import { wireItem } from "../wire.ts";
import { checkCondition, checkPutSize, writeItem } from "../write-item.ts";

/**
 * Puts an item in place of the one with the same key, if its condition holds.
 * @throws ValidationException, ResourceNotFoundException, ConditionalCheckFailedException,
 * ItemCollectionSizeLimitExceededException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
 */
export const putItem: Operation<"PutItem"> = async (ctx, input) => {
  const { ReturnValues = "NONE" } = input;
  const { item, condition } = counted(() => {
    checkExpressionParameters(input, ["ConditionExpression"], ["Expected", "ConditionalOperator"], true);
    const parsed = parseItem(input.Item, LATER_WORDS);
    const expressions = expressionsOf(input, LATER_WORDS);
    if (ReturnValues !== "ALL_OLD" && ReturnValues !== "NONE") throw validationError(ONLY_OLD);
    return { item: parsed, condition: expressions.condition };
  });
  const next = sized(item);
  checkPutSize(next);
  const table = ctx.store.activeTable(input.TableName);
  checkItem(table, item);
  checkNoPartsOfKeys(table, condition);

  const { old, units } = await writeItem(
    ctx.store,
    table,
    { place: itemKey(table, item), contributor: item },
    (stored) => {
      checkCondition(condition, stored, input.ReturnValuesOnConditionCheckFailure);
      return next;
    },
  );
  return {
    Attributes: ReturnValues === "ALL_OLD" && old !== undefined ? wireItem(old.item) : undefined,
    ConsumedCapacity: consumedByWrite(input.ReturnConsumedCapacity, input.TableName, units),
    ItemCollectionMetrics: collectionMetrics(ctx.store, table, item, input.ReturnItemCollectionMetrics),
  };
};
