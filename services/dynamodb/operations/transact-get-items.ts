import type { InputOf } from "../../../emulator/model/sdk.ts";
import { parseItem } from "../attribute-value.ts";
import { readUnits } from "../capacity.ts";
import { checkExpressionParameters, expressionsOf } from "../expression-parameters.ts";
import type { Operation } from "../index.ts";
import { itemKey } from "../item-keys.ts";
import { checkKeyNotEmpty, checkKeySchema, checkNoPartsOfKeys } from "../key-checks.ts";
import type { DynamoDbStore } from "../store.ts";
import { checkNameIn } from "../transact-action.ts";
import { throttleReason } from "../throughput/throttle.ts";
import {
  cancelFor,
  checkDistinct,
  checkOneAccount,
  checkTransactionSize,
  reasonOf,
  TableUnits,
  TRANSACTION_FACTOR,
  type ItemResponse,
  type Reason,
} from "../transaction.ts";
import { wireItem } from "../wire.ts";

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
    parsed.map(({ name }) => name),
  );
  const gets = parsed.map((get) => locate(ctx.store, get));
  checkDistinct(gets.map(({ place }) => place));
  cancelFor(gets.map(({ reason }) => reason));

  const units = new TableUnits();
  const throttles: (Reason | undefined)[] = [];
  let bytes = 0;
  const responses = gets.map(({ name, key, table, place, projection }): ItemResponse => {
    const stored = place && ctx.store.items.get(place);
    bytes += stored?.sizeBytes ?? 0;
    const taken = readUnits(stored?.sizeBytes ?? 0, true) * TRANSACTION_FACTOR;
    const throttle = ctx.store.throughput.takeRead(table, undefined, taken, place, key);
    throttles.push(throttle && throttleReason(throttle));
    units.of(name).table += taken;
    if (stored === undefined) return {};
    return { Item: wireItem(projection === undefined ? stored.item : projection.apply(stored.item)) };
  });
  cancelFor(throttles);
  checkTransactionSize(bytes);
  return { Responses: responses, ...units.consumed(input.ReturnConsumedCapacity, "ReadCapacityUnits") };
};

function parse(get: Get, i: number) {
  checkNameIn(i, "Get", get.TableName);
  checkExpressionParameters(get, ["ProjectionExpression"]);
  return { name: get.TableName, key: parseItem(get.Key), projection: expressionsOf(get).projection };
}

function locate(store: DynamoDbStore, get: ReturnType<typeof parse>) {
  const table = store.activeTable(get.name);
  checkKeyNotEmpty(table, get.key);
  const reason = reasonOf(() => {
    checkKeySchema(table.keys, get.key);
    checkNoPartsOfKeys(table, get.projection);
  });
  return { ...get, table, reason, place: reason === undefined ? itemKey(table, get.key) : undefined };
}
