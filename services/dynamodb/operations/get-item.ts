import { writtenOutput, writtenText } from "../../../emulator/protocol/written-output.ts";
import { parseItem } from "../attribute-value.ts";
import { consumedByRead, readUnits } from "../capacity.ts";
import { checkExpressionParameters, expressionsOf } from "../expression-parameters.ts";
import type { Operation } from "../index.ts";
import { itemKey } from "../item-keys.ts";
import { checkKey, checkNoPartsOfKeys } from "../key-checks.ts";
import { LATER_WORDS } from "../value-words.ts";
import { wireItem } from "../wire.ts";

/**
 * Reads one item by its key. Every read is consistent here; ConsistentRead counts for the capacity.
 * @throws ValidationException, ResourceNotFoundException, ProvisionedThroughputExceededException, ThrottlingException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
 */
export const getItem: Operation<"GetItem"> = (ctx, input) => {
  checkExpressionParameters(input, ["ProjectionExpression"], ["AttributesToGet"]);
  const key = parseItem(input.Key, LATER_WORDS);
  const { projection } = expressionsOf(input, LATER_WORDS);
  const table = ctx.store.activeTable(input.TableName);
  checkKey(table, key);
  checkNoPartsOfKeys(table, projection);

  const place = itemKey(table, key);
  const stored = ctx.store.items.get(place);
  const units = readUnits(stored?.sizeBytes ?? 0, input.ConsistentRead);
  ctx.store.throughput.checkRead(table, undefined, units, place, key);
  const answer = { ConsumedCapacity: consumedByRead(input.ReturnConsumedCapacity, input.TableName, units) };
  if (stored === undefined) return answer;
  if (projection !== undefined) return { Item: wireItem(projection.apply(stored.item)), ...answer };
  return writtenOutput(answer, "Item", {
    json: writtenText(() => stored.text),
    value: () => wireItem(stored.item),
  });
};
