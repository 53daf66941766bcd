import {
  attributeOf as keyAttribute,
  setAttribute,
  typeOf,
  type AttributeValue,
  type Item,
} from "../attribute-value.ts";
import { validationError } from "../errors.ts";
import type { BoundCondition } from "../expressions/condition.ts";
import type { Path } from "../expressions/index.ts";
import type { Operand } from "../expressions/operands.ts";
import { checkKeySchema } from "../key-checks.ts";
import { keyAttributes, keyNames, type Keys, type Table } from "../model.ts";
import { incompleteKey, keyTypeMismatch, severalKeyAttributes } from "./errors.ts";

/** The parts of a condition that all have to hold. */
export const conjuncts = (condition: BoundCondition): BoundCondition[] =>
  condition.kind === "and" ? [...conjuncts(condition.left), ...conjuncts(condition.right)] : [condition];

export const allOf = (conditions: readonly BoundCondition[]): BoundCondition | undefined =>
  conditions.length === 0 ? undefined : conditions.reduce((left, right) => ({ kind: "and", left, right }));

/** The attribute that an operand is, when it is a whole one. */
export const attributeOf = (operand: Operand | undefined): string | undefined =>
  operand?.kind === "path" && operand.path.length === 1 ? String(operand.path[0]) : undefined;

export interface Equality {
  readonly name: string;
  readonly value: AttributeValue;
}

/** `name = value`, in either order. */
export function equalityOf(condition: BoundCondition): Equality | undefined {
  if (condition.kind !== "comparison" || condition.operator !== "=") return undefined;
  const [left, right] = condition.operands;
  const [operand, other] = left.kind === "value" ? [right, left] : [left, right];
  const name = attributeOf(operand);
  return name === undefined || other.kind !== "value" ? undefined : { name, value: other.value };
}

/** The equalities on key attributes that a condition demands, and whatever else it does. */
export interface SplitCondition {
  readonly key: Item;
  readonly rest: readonly BoundCondition[];
}

/** @throws AwsError ValidationException for two equalities on one key attribute */
export function splitByKey(condition: BoundCondition | undefined, keys: Keys): SplitCondition {
  const names = keyNames(keys);
  const key: Record<string, AttributeValue> = {};
  const rest: BoundCondition[] = [];
  for (const part of condition === undefined ? [] : conjuncts(condition)) {
    const equality = equalityOf(part);
    if (equality === undefined || !names.includes(equality.name)) rest.push(part);
    else if (!Object.hasOwn(key, equality.name)) setAttribute(key, equality.name, equality.value);
    else {
      throw validationError(
        `Multiple conditions on same key ${equality.name}. Only single item Update/Insert/Delete are supported`,
      );
    }
  }
  return { key, rest };
}

/** Of what is to name one item. @throws AwsError ValidationException for a condition on a part of a key */
export function checkKeysScalar(keys: Keys, paths: readonly Path[]): void {
  const names = keyNames(keys);
  const part = paths.find((path) => path.length > 1 && names.includes(String(path[0])));
  if (part === undefined) return;
  throw validationError(
    `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key ${part[0]}`,
  );
}

/** Of what is to be read. @throws AwsError ValidationException for an index whose keys have several attributes */
export function checkSingleAttributes({ partition, sort }: Keys): void {
  if (partition.length > 1 || sort.length > 1) throw severalKeyAttributes();
}

export const hasWholeKey = (keys: Keys, key: Item): boolean => keyNames(keys).every((name) => Object.hasOwn(key, name));

/** What is to name one item has to have the whole key. @throws AwsError ValidationException */
export function checkIsKey(table: Table, key: Item): void {
  for (const { name, type } of keyAttributes(table.keys)) {
    const value = keyAttribute(key, name);
    if (value !== undefined && typeOf(value) !== type) throw keyTypeMismatch(name);
  }
  if (!hasWholeKey(table.keys, key)) throw incompleteKey();
  checkKeySchema(table.keys, key);
}
