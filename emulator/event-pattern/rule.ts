import { JsonNumber } from "./json-number.ts";

export type Scalar = string | number | boolean | JsonNumber | null;

/** Whether a value at some place of an event is what a pattern asks for there. */
export type Test = (value: Scalar) => boolean;

export interface ValueRule {
  readonly kind: "value";
  readonly holds: Test;
}

/** One element of a pattern's list. */
export type Rule =
  | ValueRule
  | { readonly kind: "anything-but"; readonly holds: Test }
  | { readonly kind: "exists"; readonly isThere: boolean };

/** Makes the error for what is wrong with a pattern; services say it in different words. */
export type Complain = (what: string) => Error;

/** Reads what an operator is given: `"us-"` of `{"prefix": "us-"}`. */
export type Operator<R extends Rule = Rule> = (operand: unknown, complain: Complain) => R;

/** The operators that a service knows, by name. */
export type Operators = Readonly<Record<string, Operator>>;

export const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value !== "object" || value instanceof JsonNumber;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && !isScalar(value) && !Array.isArray(value);

/** Of a number as it is written: whether another is written so. */
const isWritten =
  ({ text }: JsonNumber): Test =>
  (value) =>
    value instanceof JsonNumber ? value.text === text : typeof value === "number" && String(value) === text;

export const equals = (wanted: Scalar): ValueRule => ({
  kind: "value",
  holds: wanted instanceof JsonNumber ? isWritten(wanted) : (value) => value === wanted,
});

export const noMatchValue = (complain: Complain): Error =>
  complain("Match value must be String, number, true, false, or null");

/** Reads one element of a pattern's list: a value, or an operator with its operand. */
export function readRule(raw: unknown, operators: Operators, complain: Complain): Rule {
  if (isScalar(raw)) return equals(raw);
  if (!isObject(raw)) throw noMatchValue(complain);
  const [first, ...more] = Object.entries(raw);
  if (!first) throw complain("Match expression name not found");
  if (more.length > 0) throw complain("Only one key allowed in match expression");
  const [name, operand] = first;
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!operator) throw complain(`Unrecognized match type ${name}`);
  return operator(operand, complain);
}

/** What an operator takes one of, or a list. */
export const asList = (operand: unknown): readonly unknown[] => (Array.isArray(operand) ? operand : [operand]);
