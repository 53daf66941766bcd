import { cachedByText } from "../../../emulator/runtime/cached-by-text.ts";
import { compareValues, typeOf, valuesEqual, type AttributeValue, type Item } from "../attribute-value.ts";
import type { Comparator, ConditionNode } from "./ast.ts";
import { parseCondition } from "./condition-parser.ts";
import {
  beginsWith,
  checkOperands,
  contains,
  evaluate,
  resolveFunction,
  resolveOperand,
  type FunctionOperand,
  type Operand,
} from "./operands.ts";
import { attributesOf, type AttributeUse, type Path } from "./paths.ts";
import type { Scope } from "./scope.ts";
import type { ExpressionName } from "./tokens.ts";

export interface Condition extends AttributeUse {
  /** The condition on an item; undefined (no such item) is as an item without attributes. */
  matches(item: Item | undefined): boolean;
}

/** A condition whose placeholders are resolved and whose operands are checked. */
export type BoundCondition =
  | { readonly kind: "and" | "or"; readonly left: BoundCondition; readonly right: BoundCondition }
  | { readonly kind: "not"; readonly condition: BoundCondition }
  | { readonly kind: "comparison"; readonly operator: Comparator; readonly operands: readonly [Operand, Operand] }
  | { readonly kind: "between"; readonly operands: readonly [Operand, Operand, Operand] }
  | { readonly kind: "in"; readonly operands: readonly Operand[] }
  | FunctionOperand;

type Predicate = (item: Item) => boolean;

const parsers = {
  ConditionExpression: cachedByText((text) => parseCondition("ConditionExpression", text)),
  FilterExpression: cachedByText((text) => parseCondition("FilterExpression", text)),
  KeyConditionExpression: cachedByText((text) => parseCondition("KeyConditionExpression", text)),
};

/** Parses, resolves and checks, from left to right. @throws AwsError ValidationException */
export function bind(expression: keyof typeof parsers, text: string, scope: Scope, paths: Path[]): BoundCondition {
  return bindNode(parsers[expression](text), { expression, scope, paths });
}

/** @throws AwsError ValidationException */
export function bindCondition(
  expression: "ConditionExpression" | "FilterExpression",
  text: string,
  scope: Scope,
): Condition {
  const paths: Path[] = [];
  return toCondition({ bound: bind(expression, text, scope, paths), paths });
}

/** The condition that a bound one is, with the paths that it names. */
export function toCondition({
  bound,
  paths,
}: {
  readonly bound: BoundCondition;
  readonly paths: readonly Path[];
}): Condition {
  const predicate = compile(bound);
  return { ...attributesOf(paths), matches: (item) => predicate(item ?? {}) };
}

interface Binding {
  readonly expression: ExpressionName;
  readonly scope: Scope;
  readonly paths: Path[];
}

function bindNode(node: ConditionNode, binding: Binding): BoundCondition {
  const { expression, scope, paths } = binding;
  const operand = (operandNode: Parameters<typeof resolveOperand>[1]): Operand =>
    resolveOperand(expression, operandNode, scope, paths);
  switch (node.kind) {
    case "and":
    case "or":
      return { kind: node.kind, left: bindNode(node.left, binding), right: bindNode(node.right, binding) };
    case "not":
      return { kind: "not", condition: bindNode(node.condition, binding) };
    case "comparison": {
      const operands = [operand(node.left), operand(node.right)] as const;
      checkOperands(expression, node.operator, operands);
      return { kind: "comparison", operator: node.operator, operands };
    }
    case "between": {
      const operands = [operand(node.value), operand(node.low), operand(node.high)] as const;
      checkOperands(expression, "BETWEEN", operands);
      return { kind: "between", operands };
    }
    case "in": {
      const operands = [node.value, ...node.list].map(operand);
      checkOperands(expression, "IN", operands);
      return { kind: "in", operands };
    }
    case "function": {
      const call = resolveFunction(expression, node, scope, paths);
      checkOperands(expression, call.name, call.operands);
      return call;
    }
  }
}

function compile(condition: BoundCondition): Predicate {
  switch (condition.kind) {
    case "and": {
      const [left, right] = [compile(condition.left), compile(condition.right)];
      return (item) => left(item) && right(item);
    }
    case "or": {
      const [left, right] = [compile(condition.left), compile(condition.right)];
      return (item) => left(item) || right(item);
    }
    case "not": {
      const inner = compile(condition.condition);
      return (item) => !inner(item);
    }
    case "comparison": {
      const [left, right] = condition.operands;
      return (item) => compares(condition.operator, evaluate(left, item), evaluate(right, item));
    }
    case "between": {
      const [operand, low, high] = condition.operands;
      return (item) => {
        const value = evaluate(operand, item);
        return compares(">=", value, evaluate(low, item)) && compares("<=", value, evaluate(high, item));
      };
    }
    case "in": {
      const [operand, ...list] = condition.operands;
      return (item) => {
        const value = evaluate(operand!, item);
        return list.some((candidate) => compares("=", value, evaluate(candidate, item)));
      };
    }
    case "function":
      return compileFunction(condition);
  }
}

function compileFunction({ name, operands }: FunctionOperand): Predicate {
  const first = operands[0]!;
  switch (name) {
    case "attribute_exists":
      return (item) => evaluate(first, item) !== undefined;
    case "attribute_not_exists":
      return (item) => evaluate(first, item) === undefined;
    case "attribute_type":
      return both(operands, (value, type) => "S" in type && typeOf(value) === type.S);
    case "begins_with":
      return both(operands, beginsWith);
    case "contains":
      return both(operands, contains);
    default:
      throw new TypeError(`${name} is no condition`);
  }
}

/** False where one of the operands is missing. */
function both([first, second]: readonly Operand[], test: (a: AttributeValue, b: AttributeValue) => boolean): Predicate {
  return (item) => {
    const [a, b] = [evaluate(first!, item), evaluate(second!, item)];
    return a !== undefined && b !== undefined && test(a, b);
  };
}

/** What is missing is not equal to anything, not even to what is missing as well; other comparisons with it are false. */
function compares(operator: Comparator, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (left === undefined || right === undefined) return operator === "<>";
  if (operator === "=") return valuesEqual(left, right);
  if (operator === "<>") return !valuesEqual(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}
