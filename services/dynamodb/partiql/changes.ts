import { typeOf } from "../attribute-value.ts";
import { validationError } from "../errors.ts";
import type { Path, Update } from "../expressions/index.ts";
import { pathsEqual } from "../expressions/paths.ts";
import { toUpdate, type UpdateAction } from "../expressions/update.ts";
import type { SetOperand } from "../expressions/update-values.ts";
import type { CallNode, ChangeNode, Expression } from "./ast.ts";
import { invalidAt } from "./errors.ts";
import { isValue, valueOf, type Parameters } from "./literals.ts";
import { isPath, pathOf } from "./paths.ts";

const SET_FUNCTIONS: ReadonlyMap<string, "ADD" | "DELETE"> = new Map([
  ["set_add", "ADD"],
  ["set_delete", "DELETE"],
]);
const CONDITIONS = ["attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"];
const SETS = ["SS", "NS", "BS"];
const MOST_OPERANDS = 2;

/** The SET and REMOVE clauses of an UPDATE as the update that an UpdateExpression is. @throws AwsError ValidationException */
export function updateOf(changes: readonly ChangeNode[], parameters: Parameters): Update {
  const read: Path[] = [];
  const actions = changes.map((change): UpdateAction => {
    const path = pathOf(change.target);
    if (change.kind === "remove") return { kind: "REMOVE", path };
    const { value } = change;
    const kind = value.kind === "call" ? SET_FUNCTIONS.get(value.name.toLowerCase()) : undefined;
    if (kind !== undefined) return { kind, path, value: changedMembers(value as CallNode, path, parameters) };
    return { kind: "SET", path, value: setOperand(value, parameters, read) };
  });
  return toUpdate("Statement", actions, read);
}

/** The second operand of SET_ADD or SET_DELETE, whose first has to be what is assigned to. */
function changedMembers({ name, operands, at }: CallNode, path: Path, parameters: Parameters) {
  const shown = name.toUpperCase();
  const [first, second] = operands;
  if (first === undefined || second === undefined || operands.length > MOST_OPERANDS) {
    throw invalidAt(`${shown} must have exactly two arguments`, at);
  }
  if (!isPath(first) || !pathsEqual(pathOf(first), path)) {
    throw invalidAt(`The first argument to ${shown} must equal the assignment value`, at);
  }
  const value = isValue(second) ? valueOf(second, parameters) : undefined;
  if (value === undefined || !SETS.includes(typeOf(value))) {
    throw invalidAt(`The second argument to ${shown} must be a value with type SET`, first.at);
  }
  return value;
}

function setOperand(expression: Expression, parameters: Parameters, read: Path[]): SetOperand {
  if (isValue(expression)) return { kind: "value", value: valueOf(expression, parameters) };
  if (isPath(expression)) {
    const path = pathOf(expression);
    read.push(path);
    return { kind: "path", path };
  }
  switch (expression.kind) {
    case "missing":
      throw validationError("MISSING must be compared using IS operator");
    case "is":
      throw validationError("IS operator is not supported in update expressions");
    case "call":
      return setFunction(expression, parameters, read);
    case "operator": {
      const { operator, operands } = expression;
      if (operator !== "+" && operator !== "-") {
        throw validationError(`Unsupported operator in Update Expression. Operator: ${operator}`);
      }
      const [left, right] = operands.map((operand) => setOperand(operand, parameters, read));
      if (left === undefined || right === undefined) {
        throw validationError(
          `Incorrect number of operands for operator or function; operator or function: ${operator}, number of operands: 1`,
        );
      }
      return { kind: "arithmetic", operator, left, right };
    }
    default:
      throw invalidAt(`Unsupported token in expression: ${expression.kind.toUpperCase()}`, expression.at);
  }
}

function setFunction({ name, operands, at }: CallNode, parameters: Parameters, read: Path[]): SetOperand {
  const lower = name.toLowerCase();
  if (CONDITIONS.includes(lower)) {
    throw validationError(`The function is not allowed in an update expression; function: ${lower}`);
  }
  if (lower !== "list_append" && lower !== "if_not_exists") throw invalidAt(`Unrecognized function: ${lower}`, at);
  return { kind: "function", name: lower, operands: operands.map((operand) => setOperand(operand, parameters, read)) };
}
