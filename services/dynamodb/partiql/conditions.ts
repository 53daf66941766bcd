import type { AttributeType } from "../attribute-value.ts";
import { validationError } from "../errors.ts";
import { COMPARATORS, type Comparator } from "../expressions/ast.ts";
import type { BoundCondition } from "../expressions/condition.ts";
import { checkOperands, type Operand } from "../expressions/operands.ts";
import type { Path } from "../expressions/index.ts";
import type { CallNode, Expression, IsNode, OperatorNode } from "./ast.ts";
import { invalidAt } from "./errors.ts";
import { isPath, pathOf } from "./paths.ts";
import { isValue, valueOf, type Parameters } from "./literals.ts";

const CONDITIONS = ["attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"];
const UPDATES = ["list_append", "if_not_exists"];
const MOST_IN_OPERANDS = 100;
const TYPES: Readonly<Record<string, AttributeType>> = {
  NULL: "NULL",
  BOOLEAN: "BOOL",
  BLOB: "B",
  STRING: "S",
  NUMERIC: "N",
  STRUCT: "M",
  TUPLE: "M",
  LIST: "L",
};

/** The condition of a WHERE clause, in the form that expressions have: what is done with it is the same from here on. */
export interface Where {
  readonly bound: BoundCondition;
  readonly paths: readonly Path[];
}

/** @throws AwsError ValidationException */
export function whereOf(expression: Expression, parameters: Parameters): Where {
  const binder = new ConditionBinder(parameters);
  if (!isCondition(expression)) {
    binder.refuseOtherTokens(expression);
    throw validationError("WHERE clause must contain an expression that resolves to a boolean");
  }
  return { bound: binder.condition(expression), paths: binder.paths };
}

const isCondition = (expression: Expression): boolean =>
  expression.kind === "is" ||
  (expression.kind === "operator" && !"+-*/%||".includes(expression.operator)) ||
  (expression.kind === "call" && expression.name.toLowerCase() !== "size");

/** True for no item. */
const never = (operand: Operand): BoundCondition => ({ kind: "in", operands: [operand] });
const not = (condition: BoundCondition): BoundCondition => ({ kind: "not", condition });

class ConditionBinder {
  readonly paths: Path[] = [];
  readonly #parameters: Parameters;

  constructor(parameters: Parameters) {
    this.#parameters = parameters;
  }

  condition(expression: Expression): BoundCondition {
    if (expression.kind === "is") return this.#is(expression);
    if (expression.kind === "call") return this.#call(expression);
    if (expression.kind === "operator") return this.#operator(expression);
    throw validationError("WHERE clause must contain an expression that resolves to a boolean");
  }

  /** What can be part of no condition has its own complaint, wherever it stands. */
  refuseOtherTokens(expression: Expression): void {
    switch (expression.kind) {
      case "select":
      case "insert":
      case "update":
      case "delete":
        throw invalidAt(`Unsupported token in expression: ${expression.kind.toUpperCase()}`, expression.at);
      case "operator":
        throw validationError(`Unsupported operator in Condition Expression. Operator: ${expression.operator}`);
      case "path":
        pathOf(expression);
    }
  }

  #operator({ operator, operands }: OperatorNode): BoundCondition {
    const [first, second, third] = operands as [Expression, Expression, Expression];
    switch (operator) {
      case "and":
      case "or": {
        if (!isCondition(first) || !isCondition(second)) {
          throw validationError("The arguments to AND/OR must be Expressions");
        }
        return { kind: operator, left: this.condition(first), right: this.condition(second) };
      }
      case "not":
        return this.#not(first);
      case "between": {
        const bound = [this.#operand(first), this.#operand(second), this.#operand(third)] as const;
        checkOperands("Statement", "BETWEEN", bound);
        return { kind: "between", operands: bound };
      }
      case "in":
        return this.#in(first, second);
      default:
        if (!(COMPARATORS as readonly string[]).includes(operator)) {
          throw validationError(`Unsupported operator in Condition Expression. Operator: ${operator}`);
        }
        return this.#comparison(operator as Comparator, first, second);
    }
  }

  #not(operand: Expression): BoundCondition {
    if (isCondition(operand)) return not(this.condition(operand));
    if (operand.kind === "call") {
      throw validationError(
        "Incorrect operand type for operator or function; operator or function: NOT, operand type: N",
      );
    }
    throw validationError("The argument to NOT must be a Type or Expression");
  }

  #in(operand: Expression, list: Expression): BoundCondition {
    if ((list.kind !== "list" && list.kind !== "bag") || list.elements.length === 0) {
      throw validationError(
        "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq " +
          "with at least one member",
      );
    }
    if (list.elements.length > MOST_IN_OPERANDS) {
      throw validationError(
        `The IN operator is provided with too many operands; number of operands: ${list.elements.length}`,
      );
    }
    const bound = [operand, ...list.elements].map((element) => this.#operand(element));
    checkOperands("Statement", "IN", bound);
    return { kind: "in", operands: bound };
  }

  #comparison(operator: Comparator, left: Expression, right: Expression): BoundCondition {
    if (isCondition(left)) return this.#truth(operator, this.condition(left), right);
    if (isCondition(right)) return this.#truth(operator, this.condition(right), left);
    const bound = [this.#operand(left), this.#operand(right)] as const;
    checkOperands("Statement", operator, bound);
    return { kind: "comparison", operator, operands: bound };
  }

  /** A condition compared with a value: `contains(a, 'b') = false`. */
  #truth(operator: Comparator, condition: BoundCondition, other: Expression): BoundCondition {
    if (operator !== "=" && operator !== "<>") {
      throw validationError(
        `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: BOOL`,
      );
    }
    const isOther = isCondition(other) ? this.condition(other) : this.#isTrue(this.#operand(other));
    const isNotOther = isCondition(other) ? not(isOther) : this.#isFalse(this.#operand(other));
    const equal: BoundCondition = {
      kind: "or",
      left: { kind: "and", left: condition, right: isOther },
      right: { kind: "and", left: not(condition), right: isNotOther },
    };
    return operator === "=" ? equal : not(equal);
  }

  #isTrue = (operand: Operand): BoundCondition => equals(operand, true);
  #isFalse = (operand: Operand): BoundCondition => equals(operand, false);

  #is({ operand, type, at }: IsNode): BoundCondition {
    if (operand.kind !== "missing" && !isPath(operand) && !isValue(operand)) {
      throw validationError("The left hand side argument to IS must be a Variable Reference, Literal, or Path");
    }
    if (type === "MISSING") {
      const bound = this.#operand(operand);
      return bound.kind === "path"
        ? { kind: "function", name: "attribute_not_exists", operands: [bound] }
        : never(bound);
    }
    const name = TYPES[type];
    if (name === undefined) {
      throw invalidAt(
        `Unsupported data type for IS operator: ${type}. Supported data types are ` +
          "[MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]",
        at,
      );
    }
    const operands = [this.#operand(operand), { kind: "value", value: { S: name } }] as const;
    return { kind: "function", name: "attribute_type", operands };
  }

  #call({ name, operands, at }: CallNode): BoundCondition & { readonly kind: "function" } {
    const lower = name.toLowerCase();
    if (UPDATES.includes(lower)) {
      throw validationError(`The function is not allowed in a condition expression; function: ${lower}`);
    }
    if (!CONDITIONS.includes(lower)) throw invalidAt(`Unrecognized function: ${lower}`, at);
    const bound = operands.map((operand) => this.#operand(operand));
    checkOperands("Statement", lower, bound);
    return { kind: "function", name: lower, operands: bound };
  }

  #operand(expression: Expression): Operand {
    if (isPath(expression)) {
      const path = pathOf(expression);
      this.paths.push(path);
      return { kind: "path", path };
    }
    if (isValue(expression)) return { kind: "value", value: valueOf(expression, this.#parameters) };
    if (expression.kind === "missing") throw validationError("MISSING must be compared using IS operator");
    if (expression.kind === "call" && expression.name.toLowerCase() === "size") {
      const operands = expression.operands.map((operand) => this.#operand(operand));
      return { kind: "function", name: "size", operands };
    }
    this.refuseOtherTokens(expression);
    const used = expression.kind === "call" ? expression.name.toLowerCase() : expression.kind;
    throw validationError(`The function is not allowed to be used this way in an expression; function: ${used}`);
  }
}

const equals = (operand: Operand, truth: boolean): BoundCondition => ({
  kind: "comparison",
  operator: "=",
  operands: [operand, { kind: "value", value: { BOOL: truth } }],
});
