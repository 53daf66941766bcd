import { createHash } from "node:crypto";
import type { OutputOf } from "../../../emulator/model/sdk.ts";
import { addWrite, readUnits } from "../capacity.ts";
import { idempotencyMismatch } from "../errors.ts";
import type { Operation } from "../index.ts";
import { writeUnits, type SizedItem, type StoredItem } from "../item-store.ts";
import type { DynamoDbStore } from "../store.ts";
import { evaluate, locateAction, parseAction, type LocatedAction } from "../transact-action.ts";
import {
  cancelFor,
  checkDistinct,
  checkTransactionSize,
  TableUnits,
  TRANSACTION_FACTOR,
  type Reason,
} from "../transaction.ts";
import { collectionMetrics } from "../write-item.ts";

type Output = OutputOf<"dynamodb", "TransactWriteItems">;

const TOKEN_LIFE_MS = 10 * 60 * 1000;

/**
 * Up to 100 puts, updates, deletes and checks, all of them or none. A request that comes again with its token within ten
 * minutes changes nothing any more.
 * @throws ValidationException, ResourceNotFoundException, TransactionCanceledException, IdempotentParameterMismatchException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export const transactWriteItems: Operation<"TransactWriteItems"> = (ctx, input) => {
  const parsed = input.TransactItems.map(parseAction);
  checkTransactionSize(parsed.reduce((sum, { put }) => sum + (put?.sizeBytes ?? 0), 0));
  const token = input.ClientRequestToken;
  const fingerprint = token === undefined ? "" : fingerprintOf(input.TransactItems);

  return ctx.store.write((): Output => {
    const actions = parsed.map((action) => locateAction(ctx.store, action));
    const used = token === undefined ? undefined : ctx.store.usedToken(token);
    if (used !== undefined) {
      if (used.fingerprint !== fingerprint) throw idempotencyMismatch();
      return readAgain(ctx.store, actions, input.ReturnConsumedCapacity);
    }
    checkDistinct(actions.map(({ place }) => place));
    const units = apply(ctx.store, actions);
    if (token !== undefined) {
      ctx.store.useToken(token, { fingerprint, expiresAt: ctx.clock.now() + TOKEN_LIFE_MS });
    }
    return {
      ...units.consumed(input.ReturnConsumedCapacity, "WriteCapacityUnits"),
      ...metricsOf(ctx.store, actions, input.ReturnItemCollectionMetrics),
    };
  });
};

interface Change {
  readonly action: LocatedAction;
  readonly place: Buffer;
  readonly old: StoredItem | undefined;
  readonly next: SizedItem | undefined;
}

/** Every condition sees the items as they were: no two actions are on the same item. */
function apply(store: DynamoDbStore, actions: readonly LocatedAction[]): TableUnits {
  const reasons: (Reason | undefined)[] = [];
  const changes: Change[] = [];
  for (const action of actions) {
    const { place } = action;
    if (place === undefined) {
      reasons.push(action.reason);
      continue;
    }
    const old = store.items.get(place);
    const outcome = evaluate(action, old);
    reasons.push(outcome.reason);
    if (outcome.reason === undefined) changes.push({ action, place, old, next: outcome.next });
  }
  cancelFor(reasons);
  checkTransactionSize(changes.reduce((sum, { old, next }) => sum + (next?.sizeBytes ?? old?.sizeBytes ?? 0), 0));

  const units = new TableUnits();
  for (const { action, place, old, next } of changes) {
    const taken = units.of(action.tableName);
    if (action.kind === "ConditionCheck") taken.table += writeUnits(old?.sizeBytes ?? 0) * TRANSACTION_FACTOR;
    else addWrite(taken, store.items.replace(action.table, place, old, next), TRANSACTION_FACTOR);
  }
  return units;
}

/** The answer to a token that was used: nothing is written; the items are read for their capacity. */
function readAgain(store: DynamoDbStore, actions: readonly LocatedAction[], wanted: string | undefined): Output {
  const units = new TableUnits();
  for (const { tableName, place } of actions) {
    const bytes = place === undefined ? 0 : (store.items.get(place)?.sizeBytes ?? 0);
    units.of(tableName).table += readUnits(bytes, true) * TRANSACTION_FACTOR;
  }
  return units.consumed(wanted, "ReadCapacityUnits");
}

function metricsOf(store: DynamoDbStore, actions: readonly LocatedAction[], wanted: string | undefined) {
  const metrics: NonNullable<Output["ItemCollectionMetrics"]> = {};
  for (const { kind, table, tableName, key } of actions) {
    const of = kind === "ConditionCheck" ? undefined : collectionMetrics(store, table, key, wanted);
    if (of !== undefined) (metrics[tableName] ??= []).push(of);
  }
  return Object.keys(metrics).length > 0 ? { ItemCollectionMetrics: metrics } : {};
}

/** The same for the same request, in whatever order its members came. */
function fingerprintOf(items: object): string {
  const sorted = JSON.stringify(items, (_name, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash("sha256").update(sorted).digest("hex");
}
