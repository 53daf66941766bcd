import { typeOf, type AttributeValue } from "../attribute-value.ts";
import { validationError } from "../errors.ts";
import { bind, type BoundCondition } from "./condition.ts";
import type { Operand } from "./operands.ts";
import type { Scope } from "./scope.ts";

export interface KeyAttribute {
  readonly name: string;
  readonly type: "S" | "N" | "B";
}

export type SortKeyCondition =
  | { readonly operator: "=" | "<" | "<=" | ">" | ">=" | "begins_with"; readonly value: AttributeValue }
  | { readonly operator: "BETWEEN"; readonly low: AttributeValue; readonly high: AttributeValue };

export interface KeyCondition {
  /** The attributes it names. */
  readonly attributes: ReadonlySet<string>;
  /**
   * Fits the condition to the key schema of a table or an index.
   * @throws AwsError ValidationException
   */
  resolve(schema: { readonly partition: KeyAttribute; readonly sort?: KeyAttribute | undefined }): {
    readonly partition: AttributeValue;
    readonly sort?: SortKeyCondition;
  };
}

const MAX_CONDITIONS = 2;
const MIRRORED = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

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
  if (conditions.size > MAX_CONDITIONS) throw validationError("Conditions can be of length 1 or 2 only");
  return { attributes: new Set(conditions.keys()), resolve: (schema) => fit(conditions, schema) };
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
    throw validationError("KeyConditionExpressions must only contain one condition per key");
  }
  conditions.set(name, make(values, mirrored));
}

function fit(
  conditions: ReadonlyMap<string, SortKeyCondition>,
  { partition, sort }: Parameters<KeyCondition["resolve"]>[0],
): ReturnType<KeyCondition["resolve"]> {
  if (!sort && conditions.size > 1) throw validationError("Query key condition not supported");
  const partitionCondition = conditions.get(partition.name);
  if (!partitionCondition) throw missing(partition);
  requireType(partitionCondition, partition);
  if (partitionCondition.operator !== "=") throw validationError("Query key condition not supported");
  if (!sort || conditions.size === 1) return { partition: partitionCondition.value };
  const sortCondition = conditions.get(sort.name);
  if (!sortCondition) throw missing(sort);
  requireType(sortCondition, sort);
  return { partition: partitionCondition.value, sort: sortCondition };
}

const missing = (key: KeyAttribute) => validationError(`Query condition missed key schema element: ${key.name}`);

function requireType(condition: SortKeyCondition, key: KeyAttribute): void {
  const values = condition.operator === "BETWEEN" ? [condition.low, condition.high] : [condition.value];
  if (values.every((value) => typeOf(value) === key.type)) return;
  throw validationError(
    "One or more parameter values were invalid: Condition parameter type does not match schema type",
  );
}
