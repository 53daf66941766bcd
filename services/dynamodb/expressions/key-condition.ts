import { typeOf, type AttributeValue } from "../attribute-value.ts";
import { validationError } from "../errors.ts";
import type { Keys } from "../model.ts";
import { bind, type BoundCondition } from "./condition.ts";
import type { Operand } from "./operands.ts";
import type { Scope } from "./scope.ts";

/** A part of a key of a table or an index. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: "S" | "N" | "B";
}

export type SortKeyCondition =
  | { readonly operator: "=" | "<" | "<=" | ">" | ">=" | "begins_with"; readonly value: AttributeValue }
  | { readonly operator: "BETWEEN"; readonly low: AttributeValue; readonly high: AttributeValue };

/** The values that a condition compares with. */
export const comparedValues = (condition: SortKeyCondition): readonly AttributeValue[] =>
  condition.operator === "BETWEEN" ? [condition.low, condition.high] : [condition.value];

/** What a query looks for. */
export interface QueriedKey {
  /** The values of all attributes of the partition key. */
  readonly partition: readonly AttributeValue[];
  /** Conditions on the first attributes of the sort key, as many as there are; all but the last are equalities. */
  readonly sort: readonly SortKeyCondition[];
}

export interface KeyCondition {
  /** The attributes it names. */
  readonly attributes: ReadonlySet<string>;
  /**
   * Fits the condition to the key schema of a table or an index.
   * @throws AwsError ValidationException
   */
  resolve(keys: Keys): QueriedKey;
}

/** An operator as it is when its operands change places. */
export const MIRRORED = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

const misplaced = (problem: string) => validationError(`Invalid condition in KeyConditionExpression: ${problem}`);
const invalidOperator = (operator: string) =>
  validationError(`Invalid operator used in KeyConditionExpression: ${operator}`);

/**
 * Syntax and operands only; `toKeyCondition` makes a key condition of it once all expressions are bound.
 * @throws AwsError ValidationException
 */
export const bindKeyCondition = (text: string, scope: Scope): BoundCondition =>
  bind("KeyConditionExpression", text, scope, []);

/**
 * @throws AwsError ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
 */
export function toKeyCondition(condition: BoundCondition): KeyCondition {
  const conditions = new Map<string, SortKeyCondition>();
  collect(condition, conditions);
  return { attributes: new Set(conditions.keys()), resolve: (keys) => fit(conditions, keys) };
}

function collect(condition: BoundCondition, conditions: Map<string, SortKeyCondition>): void {
  switch (condition.kind) {
    case "and":
      collect(condition.left, conditions);
      collect(condition.right, conditions);
      return;
    case "or":
    case "not":
    case "in":
      throw invalidOperator(condition.kind.toUpperCase());
    case "comparison":
      if (condition.operator === "<>") throw invalidOperator("<>");
      return add(conditions, keyOf(condition.operands), (values, mirrored) => {
        const operator = condition.operator as keyof typeof MIRRORED;
        return { operator: mirrored ? MIRRORED[operator] : operator, value: values[0]! };
      });
    case "between":
      requireKeyFirst("BETWEEN", condition.operands);
      return add(conditions, keyOf(condition.operands), ([low, high]) => ({
        operator: "BETWEEN",
        low: low!,
        high: high!,
      }));
    case "function":
      if (condition.name !== "begins_with") throw invalidOperator(condition.name);
      requireKeyFirst("begins_with", condition.operands);
      return add(conditions, keyOf(condition.operands), ([prefix]) => ({ operator: "begins_with", value: prefix! }));
  }
}

function requireKeyFirst(operator: string, operands: readonly Operand[]): void {
  if (operands[0]?.kind === "value") {
    throw misplaced(`${operator} operator must have the key attribute as its first operand`);
  }
}

interface KeyOperands {
  readonly name: string;
  readonly values: readonly AttributeValue[];
  /** The value stands before the key: `:v < key`. */
  readonly mirrored: boolean;
}

function keyOf(operands: readonly Operand[]): KeyOperands {
  let name: string | undefined;
  const values: AttributeValue[] = [];
  for (const operand of operands) {
    if (operand.kind === "function") {
      throw validationError("KeyConditionExpressions cannot contain nested operations");
    }
    if (operand.kind === "value") {
      values.push(operand.value);
      continue;
    }
    if (name !== undefined) throw misplaced("Multiple attribute names used in one condition");
    if (operand.path.length > 1) {
      throw validationError("KeyConditionExpressions cannot have conditions on nested attributes");
    }
    name = operand.path[0] as string;
  }
  if (name === undefined) throw misplaced("No key attribute specified");
  return { name, values, mirrored: operands[0]?.kind === "value" };
}

function add(
  conditions: Map<string, SortKeyCondition>,
  { name, values, mirrored }: KeyOperands,
  make: (values: readonly AttributeValue[], mirrored: boolean) => SortKeyCondition,
): void {
  if (conditions.has(name)) {
    throw validationError(
      "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key",
    );
  }
  conditions.set(name, make(values, mirrored));
}

type Conditions = ReadonlyMap<string, SortKeyCondition>;

function fit(conditions: Conditions, keys: Keys): QueriedKey {
  const { partition, sort } = keys;
  const most = partition.length + sort.length;
  if (conditions.size > most) {
    throw validationError(
      `The number of query conditions (${conditions.size}) exceeds the number of key attributes defined in the schema (${most})`,
    );
  }
  const values = partitionValues(conditions, keys);
  const unnamed = sort.filter(({ name }) => !conditions.has(name));
  // one that is on no attribute of the key stands in the place of another
  const isForeign = conditions.size > most - unnamed.length;
  if (isForeign) throw missing(unnamed[0]!);
  return { partition: values, sort: sortConditions(conditions, sort) };
}

function partitionValues(conditions: Conditions, { partition, sort }: Keys): AttributeValue[] {
  const values: AttributeValue[] = [];
  const unequal: KeyAttribute[] = [];
  for (const key of partition) {
    const condition = conditionOn(conditions, key);
    if (condition?.operator === "=") values.push(condition.value);
    else unequal.push(key);
  }
  if (unequal.length === 0) return values;
  if (partition.length > 1 || sort.length > 1) {
    throw validationError(`HASH key attributes ${names(unequal)} must have equality conditions specified in the query`);
  }
  throw conditions.has(partition[0].name)
    ? validationError("Query key condition not supported")
    : missing(partition[0]);
}

/** From left to right, without a gap, and nothing after a range. */
function sortConditions(conditions: Conditions, sort: readonly KeyAttribute[]): SortKeyCondition[] {
  const found = sort.map((key) => conditionOn(conditions, key));
  const last = found.findLastIndex((condition) => condition !== undefined);
  const unequal = sort.filter((_, i) => i < last && found[i]?.operator !== "=");
  if (unequal.length > 0) {
    throw validationError(
      `RANGE key attributes ${names(unequal)} must have equality conditions specified in the query ` +
        `because a condition is present on key attribute ${sort[last]?.name}`,
    );
  }
  return found.filter((condition) => condition !== undefined);
}

const names = (keys: readonly KeyAttribute[]): string => keys.map(({ name }) => name).join(", ");

const missing = (key: KeyAttribute) => validationError(`Query condition missed key schema element: ${key.name}`);

function conditionOn(conditions: Conditions, key: KeyAttribute): SortKeyCondition | undefined {
  const condition = conditions.get(key.name);
  if (condition === undefined || comparedValues(condition).every((value) => typeOf(value) === key.type)) {
    return condition;
  }
  throw validationError(
    "One or more parameter values were invalid: Condition parameter type does not match schema type",
  );
}
