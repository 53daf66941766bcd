import type { BinaryOperator } from "./ast.ts";
import { isNumber, JavaDouble, toText, type VtlNumber } from "./values.ts";

type Arithmetic = Extract<BinaryOperator, "+" | "-" | "*" | "/" | "%">;

/** `+` joins when one side is a string; anything else that is no number has no result. */
export function calculate(operator: Arithmetic, left: unknown, right: unknown): unknown {
  if (isNumber(left) && isNumber(right)) return numbers(operator, left, right);
  const joins = operator === "+" && (typeof left === "string" || typeof right === "string");
  return joins ? toText(left) + toText(right) : null;
}

function numbers(operator: Arithmetic, left: VtlNumber, right: VtlNumber): unknown {
  if (left instanceof JavaDouble || right instanceof JavaDouble) {
    return new JavaDouble(doubles(operator, Number(left), Number(right)));
  }
  if (operator === "/" || operator === "%") {
    // Velocity logs a division by zero and has no result
    if (Number(right) === 0) return null;
  }
  const result = integers(operator, BigInt(left), BigInt(right));
  const small = Number(result);
  return Number.isSafeInteger(small) ? small : result;
}

function doubles(operator: Arithmetic, left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    default:
      return left % right;
  }
}

function integers(operator: Arithmetic, left: bigint, right: bigint): bigint {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    default:
      return left % right;
  }
}

/** What cannot be compared is in no order. */
export function compare(operator: "<" | ">" | "<=" | ">=", left: unknown, right: unknown): boolean {
  const [a, b] = isNumber(left) && isNumber(right) ? [Number(left), Number(right)] : [left, right];
  if (typeof a !== typeof b || (typeof a !== "number" && typeof a !== "string")) return false;
  const [x, y] = [a as number, b as number];
  if (operator === "<") return x < y;
  if (operator === ">") return x > y;
  return operator === "<=" ? x <= y : x >= y;
}
