import { attributeOf, setAttribute, type AttributeValue, type Item, type MutableItem } from "./attribute-value.ts";
import { invalidParameter, keySchemaMismatch, validationError } from "./errors.ts";
import type { AttributeUse, KeyAttribute, QueriedKey, Update } from "./expressions/index.ts";
import { keyBytes, LONGEST_PARTITION_KEY_BYTES, LONGEST_SORT_KEY_BYTES } from "./item-keys.ts";
import { keyAttributes, type Index, type Keys, type Table } from "./model.ts";

const NOT_VALID = "One or more parameter values are not valid.";

const actualType = (value: AttributeValue): string => Object.keys(value)[0] ?? "";

/** "string" or "binary" when a key value is empty, which DynamoDB takes in no key. */
function emptyKind(value: AttributeValue | undefined): "string" | "binary" | undefined {
  if (value === undefined) return undefined;
  if ("S" in value && value.S === "") return "string";
  return "B" in value && value.B === "" ? "binary" : undefined;
}

function checkSizes(item: Item, keys: Keys): void {
  if (sizeOf(item, keys.partition) > LONGEST_PARTITION_KEY_BYTES) {
    throw invalidParameter(
      `Size of hashkey has exceeded the maximum size limit of${LONGEST_PARTITION_KEY_BYTES} bytes`,
    );
  }
  if (sizeOf(item, keys.sort) > LONGEST_SORT_KEY_BYTES) {
    throw invalidParameter(
      `Aggregated size of all range keys has exceeded the size limit of ${LONGEST_SORT_KEY_BYTES} bytes`,
    );
  }
}

function sizeOf(item: Item, attributes: readonly KeyAttribute[]): number {
  let bytes = 0;
  for (const { name } of attributes) {
    const value = attributeOf(item, name);
    if (value !== undefined) bytes += keyBytes(value);
  }
  return bytes;
}

/** A key by which an item is looked up: the key attributes of the table and nothing else. @throws AwsError ValidationException */
export function checkKey(table: Table, key: Item): void {
  checkKeySchema(table.keys, key);
  checkKeyNotEmpty(table, key);
}

/**
 * Adds an item to those that a request names, each of them once.
 * @param seen those before it
 * @throws AwsError ValidationException
 */
export function checkUnseen(
  place: Buffer,
  seen: Set<string>,
  problem = "Provided list of item keys contains duplicates",
): void {
  const text = place.toString("latin1");
  if (seen.has(text)) throw validationError(problem);
  seen.add(text);
}

export function checkKeySchema(keys: Keys, key: Item): void {
  const attributes = keyAttributes(keys);
  if (Object.keys(key).length !== attributes.length) throw keySchemaMismatch();
  for (const { name, type } of attributes) {
    const value = attributeOf(key, name);
    if (value === undefined || !(type in value)) throw keySchemaMismatch();
  }
  checkSizes(key, keys);
}

/** The values that a query looks for. @throws AwsError ValidationException */
export function checkQueried(table: Table, index: Index | undefined, { partition, sort }: QueriedKey): void {
  const { keys } = index ?? table;
  const item: MutableItem = {};
  for (const [i, { name }] of keys.partition.entries()) setAttribute(item, name, partition[i]!);
  for (const [i, condition] of sort.entries()) {
    setAttribute(item, keys.sort[i]!.name, condition.operator === "BETWEEN" ? condition.low : condition.value);
  }
  checkKeyValues(table, index, item);
  const last = sort.at(-1);
  if (last?.operator !== "BETWEEN") return;
  setAttribute(item, keys.sort[sort.length - 1]!.name, last.high);
  checkKeyValues(table, index, item);
}

function checkKeyValues(table: Table, index: Index | undefined, item: Item): void {
  if (index === undefined) checkKeyNotEmpty(table, item);
  else checkIndexKeyNotEmpty(index, item);
  checkSizes(item, (index ?? table).keys);
}

export function checkKeyNotEmpty(table: Table, item: Item): void {
  for (const { name } of keyAttributes(table.keys)) {
    const kind = emptyKind(attributeOf(item, name));
    if (kind === undefined) continue;
    throw validationError(
      `${NOT_VALID} The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`,
    );
  }
}

/** The key attributes that an item has. */
export const keyOf = (item: Item, keys: Keys): Item =>
  Object.fromEntries(
    keyAttributes(keys).flatMap(({ name }): [string, AttributeValue][] => {
      const value = attributeOf(item, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** Indexes in the order in which DynamoDB finds fault with an item. */
const byName = (table: Table): readonly Index[] => table.indexes.toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** The keys of an item that is to be put. @throws AwsError ValidationException */
export function checkItem(table: Table, item: Item): void {
  checkItemSchema(table, item);
  checkItemNotEmpty(table, item);
}

export function checkItemSchema(table: Table, item: Item): void {
  for (const { name, type } of keyAttributes(table.keys)) {
    const value = attributeOf(item, name);
    if (value === undefined) throw invalidParameter(`Missing the key ${name} in the item`);
    if (!(type in value)) {
      throw invalidParameter(`Type mismatch for key ${name} expected: ${type} actual: ${actualType(value)}`);
    }
  }
  checkSizes(item, table.keys);
  if (table.indexes.length > 0) checkIndexKeyTypes(table, item);
}

/** @param names only these attributes are looked at: those that an update writes */
export function checkIndexKeyTypes(table: Table, item: Item, names?: ReadonlySet<string>): void {
  for (const index of byName(table)) {
    for (const { name, type } of keyAttributes(index.keys)) {
      const value = attributeOf(item, name);
      if (value === undefined || type in value || names?.has(name) === false) continue;
      throw indexKeyMismatch(index, { name, type }, actualType(value));
    }
    checkSizes(item, index.keys);
  }
}

const indexKeyMismatch = (index: Index, { name, type }: KeyAttribute, actual: string) =>
  invalidParameter(`Type mismatch for Index Key ${name} Expected: ${type} Actual: ${actual} IndexName: ${index.name}`);

/** What an update would make of the keys of indexes, as far as it is known before its item is. @throws AwsError ValidationException */
export function checkWrittenTypes(table: Table, update: Update): void {
  if (table.indexes.length === 0) return;
  const types = update.writtenTypes();
  for (const index of byName(table)) {
    for (const key of keyAttributes(index.keys)) {
      const actual = types.get(key.name);
      if (actual !== undefined && actual !== key.type) throw indexKeyMismatch(index, key, actual);
    }
  }
}

export function checkItemNotEmpty(table: Table, item: Item): void {
  checkKeyNotEmpty(table, item);
  for (const index of byName(table)) checkIndexKeyNotEmpty(index, item);
}

function checkIndexKeyNotEmpty(index: Index, item: Item): void {
  for (const { name } of keyAttributes(index.keys)) {
    const kind = emptyKind(attributeOf(item, name));
    if (kind === undefined) continue;
    throw validationError(
      `${NOT_VALID} A value specified for a secondary index key is not supported. ` +
        `The AttributeValue for a key attribute cannot contain an empty ${kind} value. ` +
        `IndexName: ${index.name}, IndexKey: ${name}`,
    );
  }
}

/** What an update may not do to keys, seen from its expression. @throws AwsError ValidationException */
export function checkUpdatesNoKey(table: Table, written: ReadonlySet<string>): void {
  for (const { name } of keyAttributes(table.keys)) {
    if (written.has(name)) {
      throw invalidParameter(`Cannot update attribute ${name}. This attribute is part of the key`);
    }
  }
}

/** No expression may name a part of a key: keys are scalars. @throws AwsError ValidationException */
export function checkNoPartsOfKeys(table: Table, ...expressions: readonly (AttributeUse | undefined)[]): void {
  for (const use of expressions) {
    if (use === undefined || use.nestedAttributes.size === 0) continue;
    refuseNested("Key", table.keys, use);
    for (const index of table.indexes) refuseNested("IndexKey", index.keys, use);
  }
}

function refuseNested(kind: "Key" | "IndexKey", keys: Keys, { nestedAttributes }: AttributeUse): void {
  for (const { name } of keyAttributes(keys)) {
    if (nestedAttributes.has(name)) {
      throw validationError(
        `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${kind}: ${name}`,
      );
    }
  }
}

/** What an update may not make of the keys of indexes. @throws AwsError ValidationException */
export function checkUpdatedIndexKeysNotEmpty(table: Table, item: Item, written: ReadonlySet<string>): void {
  for (const index of table.indexes) {
    for (const { name } of keyAttributes(index.keys)) {
      const kind = written.has(name) ? emptyKind(attributeOf(item, name)) : undefined;
      if (kind === undefined) continue;
      throw validationError(
        `${NOT_VALID} The update expression attempted to update a secondary index key to a value that is not supported. ` +
          `The AttributeValue for a key attribute cannot contain an empty ${kind} value.`,
      );
    }
  }
}
