import { AwsError } from "../../emulator/model/errors.ts";
import { parseItem, type Item } from "./attribute-value.ts";
import { keySchemaMismatch, MalformedValue, validationError } from "./errors.ts";
import { indexEntryKey, itemKey } from "./item-keys.ts";
import { checkKeyNotEmpty, checkKeySchema, keyOf } from "./key-checks.ts";
import type { Index, Table } from "./model.ts";
import { startKeyNames } from "./read-page.ts";
import { LATER_WORDS } from "./value-words.ts";

const INVALID = "The provided starting key is invalid";

/** The values of Scan's ExclusiveStartKey. @throws AwsError ValidationException */
export const parseStartKey = (input: object | undefined): Item | undefined =>
  input === undefined ? undefined : withPreamble(() => parseItem(input, LATER_WORDS));

/** Query says of values alone that they are none that its ExclusiveStartKey is invalid. @throws AwsError ValidationException */
export function parseQueryStartKey(input: object | undefined): Item | undefined {
  try {
    return input === undefined ? undefined : parseItem(input, LATER_WORDS);
  } catch (error) {
    if (!(error instanceof MalformedValue) || error.isCounted) throw error;
    throw validationError(`${INVALID}: ${error.message}`);
  }
}

/**
 * Where in the storage a reading goes on: behind the key that this gives.
 * @throws AwsError ValidationException
 */
export function startAfter(table: Table, index: Index | undefined, start: Item): Uint8Array {
  const names = startKeyNames(table, index);
  if (hasOtherNames(start, names)) throw validationError(INVALID);
  if (index !== undefined) {
    withPreamble(() => checkKeySchema(index.keys, keyOf(start, index.keys)));
  }
  withPreamble(() => {
    checkKeySchema(table.keys, index === undefined ? start : keyOf(start, table.keys));
    checkKeyNotEmpty(table, start);
  });
  return index === undefined ? itemKey(table, start) : indexEntryKey(table, index, start);
}

const hasOtherNames = (start: Item, names: readonly string[]): boolean =>
  Object.keys(start).length !== names.length || names.some((name) => !Object.hasOwn(start, name));

function withPreamble<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw validationError(error.message === keySchemaMismatch().message ? INVALID : `${INVALID}: ${error.message}`);
  }
}
