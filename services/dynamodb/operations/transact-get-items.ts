import type { InputOf } from "../../../emulator/model/sdk.ts";
import { parseItem } from "../attribute-value.ts";
import { checkExpressionParameters, expressionsOf } from "../expression-parameters.ts";
import type { Operation } from "../index.ts";
import { itemKey } from "../item-keys.ts";
import { checkKeyNotEmpty, checkKeySchema, checkNoPartsOfKeys } from "../key-checks.ts";
import type { DynamoDbStore } from "../store.ts";
import { checkNameIn } from "../transact-action.ts";
import { readTransaction } from "../transact-read.ts";
import { cancelForFirst, checkDistinct, checkOneAccount, reasonOf } from "../transaction.ts";

type Get = NonNullable<NonNullable<InputOf<"dynamodb", "TransactGetItems">["TransactItems"]>[number]["Get"]>;

/**
 * Reads up to 100 items as they are at one moment.
 * @throws ValidationException, ResourceNotFoundException, TransactionCanceledException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
 */
export const transactGetItems: Operation<"TransactGetItems"> = (ctx, input) => {
  const parsed = input.TransactItems.map(({ Get }, i) => parse(Get, i));
  checkOneAccount(
    ctx,
    parsed.map(({ tableName }) => tableName),
  );
  const gets = parsed.map((get) => locate(ctx.store, get));
  checkDistinct(gets.map(({ place }) => place));
  cancelForFirst(gets.map(({ reason }) => reason));
  const reads = gets.map((get) => ({ ...get, place: get.place!, contributor: get.key }));
  return readTransaction(ctx.store, reads, input.ReturnConsumedCapacity);
};

function parse(get: Get, i: number) {
  checkNameIn(i, "Get", get.TableName);
  checkExpressionParameters(get, ["ProjectionExpression"]);
  return { tableName: get.TableName, key: parseItem(get.Key), projection: expressionsOf(get).projection };
}

function locate(store: DynamoDbStore, get: ReturnType<typeof parse>) {
  const table = store.activeTable(get.tableName);
  checkKeyNotEmpty(table, get.key);
  const reason = reasonOf(() => {
    checkKeySchema(table.keys, get.key);
    checkNoPartsOfKeys(table, get.projection);
  });
  return { ...get, table, reason, place: reason === undefined ? itemKey(table, get.key) : undefined };
}
