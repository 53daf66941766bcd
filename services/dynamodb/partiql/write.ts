import { attributeOf, typeOf, type Item } from "../attribute-value.ts";
import { addWrite, noUnits, type Units } from "../capacity.ts";
import { conditionFailed, validationError } from "../errors.ts";
import { projectPaths, type Condition } from "../expressions/index.ts";
import { attributesOf } from "../expressions/paths.ts";
import { itemKey } from "../item-keys.ts";
import { sized } from "../item-store.ts";
import {
  checkItemNotEmpty,
  checkItemSchema,
  checkKeyNotEmpty,
  checkNoPartsOfKeys,
  checkUpdatesNoKey,
} from "../key-checks.ts";
import { keyAttributes, type Table } from "../model.ts";
import type { DynamoDbStore } from "../store.ts";
import { evaluate, type LocatedAction } from "../transact-action.ts";
import { reasonOf, type Reason } from "../transaction.ts";
import { checkPutSize, writeItem, type Written } from "../write-item.ts";
import { toCondition } from "../expressions/condition.ts";
import { DUPLICATE_ITEM, duplicateItem, keyTypeMismatch } from "./errors.ts";
import { allOf, checkIsKey, checkKeysScalar, hasWholeKey, splitByKey, type SplitCondition } from "./key-conditions.ts";
import type { Exists, Insert, Write } from "./statement.ts";

/**
 * A statement that writes, as the action of a transaction that does the same: alone, in a batch and in a transaction it is
 * done in one way.
 * @throws AwsError ResourceNotFoundException, ValidationException (an empty key, an item too large)
 */
export function locateWrite(store: DynamoDbStore, statement: Write | Exists, returnsOld: boolean): LocatedAction {
  return statement.kind === "insert"
    ? locateInsert(store.activeTable(statement.source.tableName), statement)
    : locateByKey(store, statement, returnsOld);
}

function locateInsert(table: Table, { item }: Insert): LocatedAction {
  const put = sized(item);
  checkPutSize(put);
  const reason = reasonOf(() => {
    for (const { name, type } of keyAttributes(table.keys)) {
      const value = attributeOf(item, name);
      if (value === undefined) throw validationError(`Key attribute should be present in the item: Key ${name}`);
      if (typeOf(value) !== type) throw keyTypeMismatch(name);
    }
    checkItemSchema(table, item);
  });
  checkItemNotEmpty(table, item);
  return {
    kind: "Put",
    table,
    tableName: table.name,
    key: item,
    put,
    update: undefined,
    condition: { ...attributesOf([]), matches: (old) => old === undefined },
    returnsOld: false,
    refusal: { Code: "DuplicateItem", Message: DUPLICATE_ITEM },
    reason,
    place: reason === undefined ? itemKey(table, item) : undefined,
  };
}

/** @throws AwsError ValidationException, ResourceNotFoundException */
export function checkExists(store: DynamoDbStore, { select: { source, where } }: Exists): void {
  const { keys } = store.activeTable(source.tableName);
  const { key, rest } = splitByKey(where?.bound, keys);
  if (rest.length === 0 || !hasWholeKey(keys, key)) {
    throw validationError("EXISTS() must contain a single item read with additional condition");
  }
}

const ACTIONS = { update: "Update", delete: "Delete", exists: "ConditionCheck" } as const;

function locateByKey(
  store: DynamoDbStore,
  statement: Exclude<Write | Exists, Insert>,
  returnsOld: boolean,
): LocatedAction {
  const { source, where } = statement.kind === "exists" ? statement.select : statement;
  const table = store.activeTable(source.tableName);
  const update = statement.kind === "update" ? statement.update : undefined;
  let split: SplitCondition = { key: {}, rest: [] };
  const reason = reasonOf(() => {
    split = splitByKey(where?.bound, table.keys);
    checkKeysScalar(table.keys, where?.paths ?? []);
    checkIsKey(table, split.key);
    if (update !== undefined) checkUpdatesNoKey(table, update.attributes);
    checkNoPartsOfKeys(table, update, where && attributesOf(where.paths));
  });
  checkKeyNotEmpty(table, split.key);
  return {
    kind: ACTIONS[statement.kind],
    table,
    tableName: table.name,
    key: split.key,
    put: undefined,
    update,
    condition: conditionFor(statement.kind, split, where?.paths ?? []),
    returnsOld,
    reason,
    place: reason === undefined ? itemKey(table, split.key) : undefined,
  };
}

/** An UPDATE needs an item, a DELETE does nothing without one. */
function conditionFor(
  kind: keyof typeof ACTIONS,
  { rest }: SplitCondition,
  paths: Parameters<typeof attributesOf>[0],
): Condition {
  const all = allOf(rest);
  const further = all && toCondition({ bound: all, paths });
  const matches = (old: Item | undefined): boolean => {
    if (kind === "delete" && old === undefined) return true;
    return (kind !== "update" || old !== undefined) && (further === undefined || further.matches(old));
  };
  return { ...attributesOf(paths), matches };
}

export interface WriteAnswer {
  /** What RETURNING asks for. */
  readonly item: Item | undefined;
  readonly units: Units;
}

/**
 * Does one statement by itself.
 * @throws AwsError ConditionalCheckFailedException, DuplicateItemException, ValidationException, ResourceNotFoundException
 */
export async function runWrite(
  store: DynamoDbStore,
  statement: Write,
  { table, place, reason, ...action }: LocatedAction,
): Promise<WriteAnswer> {
  if (place === undefined) throw errorOf(reason);
  const written = await writeItem(store, table, { place }, (old) => {
    const outcome = evaluate({ ...action, table, place, reason }, old);
    if (outcome.reason !== undefined) throw errorOf(outcome.reason, action.returnsOld ? old?.item : undefined);
    return outcome.next;
  });
  return { item: returned(statement, written), units: addWrite(noUnits(), written.units) };
}

function errorOf(reason: Reason | undefined, item?: Item): Error {
  if (reason?.Code === "DuplicateItem") return duplicateItem();
  if (reason?.Code === "ConditionalCheckFailed") return conditionFailed(item);
  return validationError(reason?.Message ?? "");
}

function returned(statement: Write, { old, next }: Written): Item | undefined {
  if (statement.kind === "insert" || statement.returning === undefined) return undefined;
  const item = statement.returning.when === "OLD" ? old?.item : next?.item;
  if (statement.kind === "delete" || statement.returning.which === "ALL") return item;
  return item && projectPaths(item, statement.update.paths);
}
