import { createHash } from "node:crypto";
import type { Context } from "../../emulator/model/context.ts";
import { addWrite, readUnits, writeUnits } from "./capacity.ts";
import { CollectionGrowth } from "./collection-growth.ts";
import { COLLECTION_TOO_LARGE, idempotencyMismatch } from "./errors.ts";
import type { DynamoDbState } from "./index.ts";
import { itemSizeBytes } from "./item-size.ts";
import type { ItemChange } from "./item-store.ts";
import type { DynamoDbStore } from "./store.ts";
import { evaluate, type LocatedAction } from "./transact-action.ts";
import { throttleReason } from "./throughput/throttle.ts";
import {
  cancelFor,
  cancelForFirst,
  checkDistinct,
  checkPayload,
  TableUnits,
  TRANSACTION_FACTOR,
  type Reason,
} from "./transaction.ts";

const TOKEN_LIFE_MS = 10 * 60 * 1000;

export interface Transaction {
  /** Finds the items of the actions: called in the transaction of the storage. */
  readonly locate: () => readonly LocatedAction[];
  readonly token: string | undefined;
  /** What a token that comes again has to come with. */
  readonly request: object;
}

export interface TransactionOutcome {
  readonly actions: readonly LocatedAction[];
  readonly units: TableUnits;
  /** The token had been used with the same request: nothing was written now. */
  readonly isRepeated: boolean;
}

/**
 * Does all actions or none. A request that comes again with its token within ten minutes changes nothing any more.
 * @throws AwsError ValidationException, ResourceNotFoundException, TransactionCanceledException,
 * IdempotentParameterMismatchException
 */
export function writeTransaction(
  ctx: Context<DynamoDbState>,
  { locate, token, request }: Transaction,
): TransactionOutcome | Promise<TransactionOutcome> {
  const fingerprint = token === undefined ? "" : fingerprintOf(request);
  return ctx.store.writeTogether((): TransactionOutcome => {
    const actions = locate();
    const used = token === undefined ? undefined : ctx.store.usedToken(token);
    if (used !== undefined) {
      if (used.fingerprint !== fingerprint) throw idempotencyMismatch();
      return { actions, units: readAgain(ctx.store, actions), isRepeated: true };
    }
    checkDistinct(actions.map(({ place }) => place));
    checkPayload(actions.map(payloadBytes));
    cancelForFirst(actions.map(({ reason }) => reason));
    const units = apply(ctx.store, actions);
    if (token !== undefined) {
      ctx.store.useToken(token, { fingerprint, expiresAt: ctx.clock.now() + TOKEN_LIFE_MS });
    }
    return { actions, units, isRepeated: false };
  });
}

/** What an action brings along: its item, or a key and what it writes. */
const payloadBytes = ({ key, put, update }: LocatedAction): number =>
  (put?.sizeBytes ?? itemSizeBytes(key)) + (update?.sizeBytes() ?? 0);

interface Change extends ItemChange {
  readonly action: LocatedAction;
  readonly place: Buffer;
}

/** Every condition sees the items as they were: no two actions are on the same item. */
function apply(store: DynamoDbStore, actions: readonly LocatedAction[]): TableUnits {
  const reasons: (Reason | undefined)[] = [];
  const changes: Change[] = [];
  for (const action of actions) {
    const place = action.place!;
    const old = store.items.get(place);
    const outcome = evaluate(action, old);
    reasons.push(outcome.reason);
    if (outcome.reason === undefined) changes.push({ action, place, old, next: outcome.next });
  }
  cancelFor(reasons);
  cancelFor(roomsOf(store, changes));
  cancelFor(changes.map((change) => throttleOf(store, change)));

  const units = new TableUnits();
  for (const { action, place, old, next } of changes) {
    const taken = units.of(action.tableName);
    if (action.kind === "ConditionCheck") taken.table += writeUnits(old?.sizeBytes ?? 0) * TRANSACTION_FACTOR;
    else addWrite(taken, store.items.replace(action.table, place, old, next), TRANSACTION_FACTOR);
  }
  return units;
}

function roomsOf({ items }: DynamoDbStore, changes: readonly Change[]): (Reason | undefined)[] {
  const growth = new CollectionGrowth(items);
  return changes.map(({ action, place, old, next }) =>
    action.kind === "ConditionCheck" || growth.hasRoom(action.table, place, { old, next })
      ? undefined
      : { Code: "ItemCollectionSizeLimitExceeded", Message: COLLECTION_TOO_LARGE },
  );
}

/** Takes the capacity of a change; a transaction that is given up has taken it all the same. */
function throttleOf({ throughput }: DynamoDbStore, { action, place, old, next }: Change): Reason | undefined {
  const throttle =
    action.kind === "ConditionCheck"
      ? throughput.takeCheck(
          action.table,
          place,
          writeUnits(old?.sizeBytes ?? 0) * TRANSACTION_FACTOR,
          action.contributor,
        )
      : throughput.takeWrite(action.table, place, { old, next }, TRANSACTION_FACTOR, action.contributor);
  return throttle && throttleReason(throttle);
}

/** What a token that was used takes: nothing is written; the items are read for their capacity. */
function readAgain(store: DynamoDbStore, actions: readonly LocatedAction[]): TableUnits {
  const units = new TableUnits();
  for (const { tableName, place } of actions) {
    const bytes = place === undefined ? 0 : (store.items.get(place)?.sizeBytes ?? 0);
    units.of(tableName).table += readUnits(bytes, true) * TRANSACTION_FACTOR;
  }
  return units;
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
