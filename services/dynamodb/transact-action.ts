import type { InputOf } from "../../emulator/model/sdk.ts";
import { parseItem, type Item } from "./attribute-value.ts";
import { validationError } from "./errors.ts";
import { checkExpressionParameters, expressionsOf } from "./expression-parameters.ts";
import type { Condition, Update } from "./expressions/index.ts";
import { itemKey } from "./item-keys.ts";
import { sized, type SizedItem, type StoredItem } from "./item-store.ts";
import {
  checkItemNotEmpty,
  checkItemSchema,
  checkKeyNotEmpty,
  checkKeySchema,
  checkNoPartsOfKeys,
  checkUpdatedIndexKeysNotEmpty,
  checkUpdatesNoKey,
} from "./key-checks.ts";
import type { Table } from "./model.ts";
import type { DynamoDbStore } from "./store.ts";
import { checkTableName } from "./table-name.ts";
import { failedCondition, reasonOf, type Reason } from "./transaction.ts";
import { updatedItem } from "./update.ts";
import { checkPutSize } from "./write-item.ts";

export type TransactItem = NonNullable<InputOf<"dynamodb", "TransactWriteItems">["TransactItems"]>[number];

/** One action of TransactWriteItems, checked as far as the request alone allows. */
export interface Action {
  readonly kind: "ConditionCheck" | "Put" | "Delete" | "Update";
  readonly tableName: string;
  /** The key, or for a Put the whole item. */
  readonly key: Item;
  readonly put: SizedItem | undefined;
  readonly update: Update | undefined;
  readonly condition: Condition | undefined;
  readonly returnsOld: boolean;
  /** Whom contributor insights count it for. */
  readonly contributor?: Item;
  /** What a condition that does not hold means, where it is more than that. */
  readonly refusal?: Reason;
}

export interface LocatedAction extends Action {
  readonly table: Table;
  /** Undefined when the key does not fit the table, which `reason` says. */
  readonly place: Buffer | undefined;
  readonly reason: Reason | undefined;
}

/** @throws AwsError ValidationException */
export function parseAction(item: TransactItem, i = 0): Action {
  const { ConditionCheck, Put, Delete, Update: UpdateAction } = item;
  const given = [ConditionCheck, Put, Delete, UpdateAction].filter((action) => action !== undefined);
  const [action] = given;
  if (action === undefined) {
    throw validationError("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
  }
  const kind = Put ? "Put" : Delete ? "Delete" : UpdateAction ? "Update" : "ConditionCheck";
  if (given.length > 1) {
    throw validationError("TransactItems can only contain one of Check, Put, Update or Delete");
  }
  checkNameIn(i, kind, action.TableName);
  const expressions =
    UpdateAction === undefined
      ? (["ConditionExpression"] as const)
      : (["UpdateExpression", "ConditionExpression"] as const);
  checkExpressionParameters(action, expressions);
  const key = parseItem("Item" in action ? action.Item : action.Key);
  const put = Put === undefined ? undefined : sized(key);
  if (put !== undefined) checkPutSize(put);
  const { condition, update } = expressionsOf(action);
  return {
    kind,
    tableName: action.TableName,
    key,
    put,
    update,
    condition,
    returnsOld: action.ReturnValuesOnConditionCheckFailure === "ALL_OLD",
    contributor: key,
  };
}

/** The name of a table (of an ARN there is more to say later), in its place in the request. @throws AwsError ValidationException */
export function checkNameIn(i: number, part: string, name: string): void {
  const member = part.charAt(0).toLowerCase() + part.slice(1);
  if (!name.startsWith("arn:")) checkTableName(name, `transactItems.${i + 1}.member.${member}.tableName`);
}

/** @throws AwsError ResourceNotFoundException, ValidationException (an empty key, which is no reason for a cancellation) */
export function locateAction(store: DynamoDbStore, action: Action): LocatedAction {
  const table = store.activeTable(action.tableName);
  if (action.put === undefined) checkKeyNotEmpty(table, action.key);
  else checkItemNotEmpty(table, action.key);
  const reason = reasonOf(() => {
    if (action.put === undefined) checkKeySchema(table.keys, action.key);
    else checkItemSchema(table, action.key);
    if (action.update !== undefined) checkUpdatesNoKey(table, action.update.attributes);
    checkNoPartsOfKeys(table, action.update, action.condition);
  });
  return { ...action, table, reason, place: reason === undefined ? itemKey(table, action.key) : undefined };
}

/**
 * What an action makes of the item that is there: the next one, none, or a reason against it.
 * @throws AwsError ValidationException (an empty index key)
 */
export function evaluate(
  action: LocatedAction,
  old: StoredItem | undefined,
): { readonly reason: Reason } | { readonly reason?: never; readonly next: SizedItem | undefined } {
  if (action.condition !== undefined && !action.condition.matches(old?.item)) {
    return { reason: action.refusal ?? failedCondition(action.returnsOld ? old?.item : undefined) };
  }
  if (action.kind !== "Update") return { next: action.put };
  let next: SizedItem | undefined;
  const reason = reasonOf(() => {
    next = updatedItem(action.table, action.key, old, action.update);
  });
  if (reason !== undefined) return { reason };
  if (next !== undefined && action.update !== undefined) {
    checkUpdatedIndexKeysNotEmpty(action.table, next.item, action.update.attributes);
  }
  return { next };
}
