import { cachedByText } from "../../../emulator/runtime/cached-by-text.ts";
import { typeOf, type AttributeType, type AttributeValue, type Item } from "../attribute-value.ts";
import type { FunctionNode, OperandNode, SetValueNode, UpdateActionNode } from "./ast.ts";
import { attributesOf, pathTree, type AttributeUse, type Path } from "./paths.ts";
import type { Scope } from "./scope.ts";
import { invalidExpression, type ExpressionName } from "./tokens.ts";
import { applyChanges, type Change } from "./update-changes.ts";
import { evaluateSetOperand, type SetOperand } from "./update-values.ts";
import { parseUpdate } from "./update-parser.ts";
import { updateSizeBytes } from "./update-size.ts";

export interface Update extends AttributeUse {
  /** `attributes` are those that it writes, `nestedAttributes` also those that it reads. */
  readonly attributes: ReadonlySet<string>;
  /** The paths that it writes: `projectPaths(item, paths)` of the old and the new item are UPDATED_OLD and UPDATED_NEW. */
  readonly paths: readonly Path[];
  /** The types of attributes that it writes as a whole, as far as they are known before the item is. */
  writtenTypes(): ReadonlyMap<string, AttributeType>;
  /** What the expression counts against the size of an item, see update-size.ts. */
  sizeBytes(): number;
  /**
   * The item after the update; `item` is left as it was. Every operand sees the old item. For a new item give its key
   * attributes and `isNew`.
   * @throws AwsError ValidationException
   */
  apply(item: Item, options?: { readonly isNew?: boolean }): Item;
}

export type UpdateAction =
  | { readonly kind: "SET"; readonly path: Path; readonly value: SetOperand }
  | { readonly kind: "REMOVE"; readonly path: Path }
  | { readonly kind: "ADD" | "DELETE"; readonly path: Path; readonly value: AttributeValue };

const EXPRESSION = "UpdateExpression";
const OPERAND_COUNT = 2;
const parsed = cachedByText(parseUpdate);

/** @throws AwsError ValidationException */
export function bindUpdate(text: string, scope: Scope): Update {
  const read: Path[] = [];
  return toUpdate(EXPRESSION, resolve(parsed(text), scope, read), read);
}

/** The update that actions make, with the paths that their values `read`. @throws AwsError ValidationException */
export function toUpdate(expression: ExpressionName, actions: readonly UpdateAction[], read: readonly Path[]): Update {
  const paths = actions.map((action) => action.path);
  const tree = pathTree(
    expression,
    actions.map((action) => [action.path, action]),
  );
  for (const action of actions) if ("value" in action && action.kind !== "SET") checkSetOperand(expression, action);
  for (const action of actions) if (action.kind === "SET") checkSetValue(expression, action.value);
  return {
    paths,
    attributes: attributesOf(paths).attributes,
    nestedAttributes: attributesOf([...paths, ...read]).nestedAttributes,
    writtenTypes: () => writtenTypes(actions),
    sizeBytes: () => updateSizeBytes(actions),
    apply: (item, { isNew = false } = {}) =>
      applyChanges(item, tree, (action) => changeOf(action, item), { ignoreMissingParents: isNew }),
  };
}

function writtenTypes(actions: readonly UpdateAction[]): ReadonlyMap<string, AttributeType> {
  const types = new Map<string, AttributeType>();
  for (const action of actions) {
    // what takes away makes nothing of another type
    if (action.kind === "REMOVE" || action.kind === "DELETE" || action.path.length > 1) continue;
    const type = action.kind === "SET" ? knownType(action.value) : typeOf(action.value);
    if (type !== undefined) types.set(String(action.path[0]), type);
  }
  return types;
}

function knownType(operand: SetOperand): AttributeType | undefined {
  if (operand.kind === "value") return typeOf(operand.value);
  if (operand.kind === "arithmetic") return "N";
  return operand.kind === "function" && operand.name === "list_append" ? "L" : undefined;
}

/**
 * Resolves the placeholders and notes the paths of operands in `read`. An undefined name is more urgent than an undefined
 * value, wherever they stand.
 */
function resolve(nodes: readonly UpdateActionNode[], scope: Scope, read: Path[]): UpdateAction[] {
  for (const node of nodes) resolveNames(node, scope, read);
  return nodes.map((node): UpdateAction => {
    const path = scope.path(EXPRESSION, node.path);
    if (node.kind === "REMOVE") return { kind: node.kind, path };
    if (node.kind === "SET") return { kind: node.kind, path, value: resolveSetValue(node.value, scope) };
    return { kind: node.kind, path, value: scope.value(EXPRESSION, node.value) };
  });
}

function resolveNames(node: UpdateActionNode, scope: Scope, read: Path[]): void {
  scope.path(EXPRESSION, node.path);
  if (node.kind !== "SET") return;
  const operands = node.value.kind === "arithmetic" ? [node.value.left, node.value.right] : [node.value];
  for (const operand of operands) resolveOperandNames(operand, scope, read);
}

function resolveOperandNames(node: OperandNode, scope: Scope, read: Path[]): void {
  if (node.kind === "path") read.push(scope.path(EXPRESSION, node));
  else if (node.kind === "function") for (const operand of node.operands) resolveOperandNames(operand, scope, read);
}

function resolveSetValue(node: SetValueNode, scope: Scope): SetOperand {
  if (node.kind !== "arithmetic") return resolveOperand(node, scope);
  const { kind, operator, left, right } = node;
  return { kind, operator, left: resolveOperand(left, scope), right: resolveOperand(right, scope) };
}

function resolveOperand(node: OperandNode, scope: Scope): SetOperand {
  if (node.kind === "path") return { kind: "path", path: scope.path(EXPRESSION, node) };
  if (node.kind === "value") return { kind: "value", value: scope.value(EXPRESSION, node) };
  return resolveFunction(node, scope);
}

const resolveFunction = ({ name, operands }: FunctionNode, scope: Scope): SetOperand => ({
  kind: "function",
  name: name as "if_not_exists" | "list_append",
  operands: operands.map((operand) => resolveOperand(operand, scope)),
});

const LONG_TYPE_NAMES: { readonly [T in AttributeType]?: string } = {
  S: "STRING",
  N: "NUMBER",
  B: "BINARY",
  NULL: "NULL",
  BOOL: "BOOLEAN",
  L: "LIST",
  M: "MAP",
};

function checkSetOperand(expression: ExpressionName, action: UpdateAction & { readonly kind: "ADD" | "DELETE" }): void {
  const type = typeOf(action.value);
  const typeName = LONG_TYPE_NAMES[type];
  if (typeName === undefined || (action.kind === "ADD" && type === "N")) return;
  throw invalidExpression(
    expression,
    `Incorrect operand type for operator or function; operator: ${action.kind}, operand type: ${typeName}, ` +
      `typeSet: ALLOWED_FOR_${action.kind}_OPERAND`,
  );
}

function checkSetValue(expression: ExpressionName, operand: SetOperand): void {
  if (operand.kind === "arithmetic") {
    checkSetValue(expression, operand.left);
    checkSetValue(expression, operand.right);
    requireType(expression, operand.operator, [operand.left, operand.right], "N");
  }
  if (operand.kind !== "function") return;
  for (const inner of operand.operands) checkSetValue(expression, inner);
  if (operand.operands.length !== OPERAND_COUNT) {
    throw invalidExpression(
      expression,
      "Incorrect number of operands for operator or function; " +
        `operator or function: ${operand.name}, number of operands: ${operand.operands.length}`,
    );
  }
  if (operand.name === "list_append") requireType(expression, operand.name, operand.operands, "L");
  else if (operand.operands[0]!.kind !== "path") {
    throw invalidExpression(
      expression,
      `Operator or function requires a document path; operator or function: ${operand.name}`,
    );
  }
}

/** Only values of the request are known before the item is. */
function requireType(
  expression: ExpressionName,
  operator: string,
  operands: readonly SetOperand[],
  type: AttributeType,
): void {
  for (const operand of operands) {
    if (operand.kind !== "value" || typeOf(operand.value) === type) continue;
    throw invalidExpression(
      expression,
      "Incorrect operand type for operator or function; " +
        `operator or function: ${operator}, operand type: ${typeOf(operand.value)}`,
    );
  }
}

function changeOf(action: UpdateAction, item: Item): Change {
  if (action.kind === "REMOVE") return { kind: "remove" };
  if (action.kind === "SET") return { kind: "set", value: evaluateSetOperand(action.value, item) };
  return { kind: action.kind === "ADD" ? "add" : "delete", operand: action.value };
}
