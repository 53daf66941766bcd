import type { OutputOf } from "../../../emulator/model/sdk.ts";
import { byName } from "../../../emulator/runtime/by-name.ts";
import { collectionMetrics } from "../collection-growth.ts";
import type { Operation } from "../index.ts";
import type { DynamoDbStore } from "../store.ts";
import { locateAction, parseAction, type LocatedAction } from "../transact-action.ts";
import { writeTransaction } from "../transact-write.ts";
import { checkOneAccount } from "../transaction.ts";

type Output = OutputOf<"dynamodb", "TransactWriteItems">;

/**
 * Up to 100 puts, updates, deletes and checks, all of them or none. A request that comes again with its token within ten
 * minutes changes nothing any more.
 * @throws ValidationException, ResourceNotFoundException, TransactionCanceledException, IdempotentParameterMismatchException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export const transactWriteItems: Operation<"TransactWriteItems"> = async (ctx, input) => {
  const parsed = input.TransactItems.map(parseAction);
  checkOneAccount(
    ctx,
    parsed.map(({ tableName }) => tableName),
  );
  const { actions, units, isRepeated } = await writeTransaction(ctx, {
    locate: () => parsed.map((action) => locateAction(ctx.store, action)),
    token: input.ClientRequestToken,
    request: input.TransactItems,
  });
  if (isRepeated) return units.consumed(input.ReturnConsumedCapacity, "ReadCapacityUnits");
  return {
    ...units.consumed(input.ReturnConsumedCapacity, "WriteCapacityUnits"),
    ...metricsOf(ctx.store, actions, input.ReturnItemCollectionMetrics),
  };
};

function metricsOf(store: DynamoDbStore, actions: readonly LocatedAction[], wanted: string | undefined) {
  const metrics: NonNullable<Output["ItemCollectionMetrics"]> = byName();
  for (const { kind, table, tableName, key } of actions) {
    const of = kind === "ConditionCheck" ? undefined : collectionMetrics(store, table, key, wanted);
    if (of !== undefined) (metrics[tableName] ??= []).push(of);
  }
  return Object.keys(metrics).length > 0 ? { ItemCollectionMetrics: metrics } : {};
}
