import {
  ATTRIBUTE_TYPES,
  compareValues,
  typeOf,
  valuesEqual,
  type AttributeType,
  type AttributeValue,
  type Item,
} from "../attribute-value.ts";
import type { FunctionNode, OperandNode } from "./ast.ts";
import { formatPath, pathsEqual, valueAt, type Path } from "./paths.ts";
import type { Scope } from "./scope.ts";
import { invalidExpression, type ExpressionName } from "./tokens.ts";

/** An operand of a condition, its placeholders resolved. */
export type Operand =
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "value"; readonly value: AttributeValue }
  | { readonly kind: "function"; readonly name: string; readonly operands: readonly Operand[] };

export type FunctionOperand = Operand & { readonly kind: "function" };

const OPERAND_COUNTS: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
};

const ORDERED: readonly AttributeType[] = ["S", "N", "B"];
const SIZED: readonly AttributeType[] = ["S", "B", "SS", "NS", "BS", "L", "M"];

/** Resolves a node and notes every path it meets in `paths`. */
export function resolveOperand(expression: ExpressionName, node: OperandNode, scope: Scope, paths: Path[]): Operand {
  if (node.kind === "value") return { kind: "value", value: scope.value(expression, node) };
  if (node.kind === "function") return resolveFunction(expression, node, scope, paths);
  const path = scope.path(expression, node);
  paths.push(path);
  return { kind: "path", path };
}

export function resolveFunction(
  expression: ExpressionName,
  { name, operands }: FunctionNode,
  scope: Scope,
  paths: Path[],
): FunctionOperand {
  return {
    kind: "function",
    name,
    operands: operands.map((operand) => resolveOperand(expression, operand, scope, paths)),
  };
}

/**
 * The checks of one comparison or function call that need no item, in AWS's order: number of operands, distinct operands, types.
 * @throws AwsError ValidationException
 */
export function checkOperands(expression: ExpressionName, operator: string, operands: readonly Operand[]): void {
  for (const call of calls(operands)) checkCount(expression, call.name, call.operands);
  checkCount(expression, operator, operands);
  for (const call of calls(operands)) checkDistinct(expression, call.name, call.operands);
  checkDistinct(expression, operator, operands);
  for (const call of calls(operands)) checkTypes(expression, call.name, call.operands);
  checkTypes(expression, operator, operands);
}

/** The function calls among operands, the innermost first. */
const calls = (operands: readonly Operand[]): FunctionOperand[] =>
  operands.flatMap((operand) => (operand.kind === "function" ? [...calls(operand.operands), operand] : []));

function checkCount(expression: ExpressionName, operator: string, operands: readonly Operand[]): void {
  const count = OPERAND_COUNTS[operator];
  if (count === undefined || count === operands.length) return;
  throw invalidExpression(
    expression,
    "Incorrect number of operands for operator or function; " +
      `operator or function: ${operator}, number of operands: ${operands.length}`,
  );
}

function checkDistinct(expression: ExpressionName, operator: string, operands: readonly Operand[]): void {
  const [first, ...rest] = operands;
  if (first?.kind !== "path") return;
  if (!rest.some((operand) => operand.kind === "path" && pathsEqual(operand.path, first.path))) return;
  throw invalidExpression(
    expression,
    "The first operand must be distinct from the remaining operands for this operator or function; " +
      `operator: ${operator}, first operand: ${formatPath(first.path)}`,
  );
}

function checkTypes(expression: ExpressionName, operator: string, operands: readonly Operand[]): void {
  switch (operator) {
    case "attribute_exists":
    case "attribute_not_exists":
      if (operands[0]?.kind === "path") return;
      throw invalidExpression(
        expression,
        `Operator or function requires a document path; operator or function: ${operator}`,
      );
    case "attribute_type":
      return checkTypeName(expression, operands[1]!);
    case "begins_with":
      return requireTypes(expression, operator, operands, ["S", "B"]);
    case "size":
      return requireTypes(expression, operator, operands, SIZED);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return requireTypes(expression, operator, operands, ORDERED);
    case "BETWEEN":
      requireTypes(expression, operator, operands, ORDERED);
      return checkBounds(expression, operands[1]!, operands[2]!);
  }
}

/** The type that an operand has whatever the item is; undefined for paths. */
function staticType(operand: Operand): AttributeType | undefined {
  if (operand.kind === "value") return typeOf(operand.value);
  return operand.kind === "function" ? "N" : undefined;
}

const incorrectType = (expression: ExpressionName, operator: string, type: string) =>
  invalidExpression(
    expression,
    `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
  );

function requireTypes(
  expression: ExpressionName,
  operator: string,
  operands: readonly Operand[],
  types: readonly AttributeType[],
): void {
  for (const operand of operands) {
    const type = staticType(operand);
    if (type && !types.includes(type)) throw incorrectType(expression, operator, type);
  }
}

function checkTypeName(expression: ExpressionName, operand: Operand): void {
  if (operand.kind === "path") throw incorrectType(expression, "attribute_type", "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
  if (operand.kind === "function" || !("S" in operand.value)) {
    throw incorrectType(expression, "attribute_type", staticType(operand)!);
  }
  if ((ATTRIBUTE_TYPES as readonly string[]).includes(operand.value.S)) return;
  throw invalidExpression(
    expression,
    `Invalid attribute type name found; type: ${operand.value.S}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
  );
}

function checkBounds(expression: ExpressionName, low: Operand, high: Operand): void {
  if (low.kind !== "value" || high.kind !== "value") return;
  const order = compareValues(low.value, high.value);
  if (order !== undefined && order <= 0) return;
  const problem =
    order === undefined
      ? "The BETWEEN operator requires same data type for lower and upper bounds"
      : "The BETWEEN operator requires upper bound to be greater than or equal to lower bound";
  throw invalidExpression(
    expression,
    `${problem}; lower bound operand: AttributeValue: ${formatScalar(low.value)}, ` +
      `upper bound operand: AttributeValue: ${formatScalar(high.value)}`,
  );
}

function formatScalar(value: AttributeValue): string {
  const [type, content] = Object.entries(value)[0]!;
  return `{${type}:${String(content)}}`;
}

/** What an operand is on an item; undefined for what is not there, and for the size of what has none. */
export function evaluate(operand: Operand, item: Item): AttributeValue | undefined {
  if (operand.kind === "value") return operand.value;
  if (operand.kind === "path") return valueAt(item, operand.path);
  const value = evaluate(operand.operands[0]!, item);
  const size = value && sizeOf(value);
  return size === undefined ? undefined : { N: String(size) };
}

/** size(): characters of a string, bytes of a binary, elements of a set, list or map. */
function sizeOf(value: AttributeValue): number | undefined {
  if ("S" in value) return value.S.length;
  if ("B" in value) return Buffer.byteLength(value.B, "base64");
  if ("SS" in value) return value.SS.length;
  if ("NS" in value) return value.NS.length;
  if ("BS" in value) return value.BS.length;
  if ("L" in value) return value.L.length;
  return "M" in value ? Object.keys(value.M).length : undefined;
}

export function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if ("S" in value) return "S" in prefix && value.S.startsWith(prefix.S);
  if (!("B" in value) || !("B" in prefix)) return false;
  const bytes = Buffer.from(prefix.B, "base64");
  return Buffer.from(value.B, "base64").subarray(0, bytes.length).equals(bytes);
}

/** A part of a string or a binary, a member of a set, an element of a list. */
export function contains(value: AttributeValue, part: AttributeValue): boolean {
  if ("S" in value) return "S" in part && value.S.includes(part.S);
  if ("B" in value) return "B" in part && Buffer.from(value.B, "base64").includes(Buffer.from(part.B, "base64"));
  if ("SS" in value) return "S" in part && value.SS.includes(part.S);
  if ("NS" in value) return "N" in part && value.NS.includes(part.N);
  if ("BS" in value) return "B" in part && value.BS.includes(part.B);
  return "L" in value && value.L.some((element) => valuesEqual(element, part));
}
