import { BlockList, isIP } from "node:net";
import { glob, STAR } from "../authorization/pattern.ts";
import { JsonNumber, numberOf } from "./json-number.ts";
import {
  asList,
  type Complain,
  equals,
  isObject,
  type Operator,
  type Rule,
  type Test,
  type ValueRule,
} from "./rule.ts";

const valueRule = (holds: Test): ValueRule => ({ kind: "value", holds });

type Compare = (value: string, wanted: string) => boolean;

const ofText = (compare: Compare, wanted: string): ValueRule =>
  valueRule((value) => typeof value === "string" && compare(value, wanted));

function textOf(operand: unknown, name: string, complain: Complain): string {
  if (typeof operand !== "string") throw complain(`${name} match pattern must be a string`);
  return operand;
}

const startsWith: Compare = (value, wanted) => value.startsWith(wanted);
const endsWith: Compare = (value, wanted) => value.endsWith(wanted);

export const prefix: Operator<ValueRule> = (operand, complain) =>
  ofText(startsWith, textOf(operand, "prefix", complain));

export const suffix: Operator<ValueRule> = (operand, complain) => ofText(endsWith, textOf(operand, "suffix", complain));

const inAnyCase =
  (compare: Compare): Compare =>
  (value, wanted) =>
    compare(value.toLowerCase(), wanted);

const isSame: Compare = (value, wanted) => value === wanted;

export const equalsIgnoreCase: Operator<ValueRule> = (operand, complain) =>
  ofText(inAnyCase(isSame), textOf(operand, "equals-ignore-case", complain).toLowerCase());

/** `{"prefix": {"equals-ignore-case": "a"}}` beside `{"prefix": "a"}`. */
const inAnyCaseToo =
  (operator: Operator<ValueRule>, compare: Compare): Operator<ValueRule> =>
  (operand, complain) => {
    const [[name, wanted] = ["", ""], ...more] = isObject(operand) ? Object.entries(operand) : [];
    if (name !== "equals-ignore-case" || more.length > 0) return operator(operand, complain);
    return ofText(inAnyCase(compare), textOf(wanted, name, complain).toLowerCase());
  };

/** `*` is any sequence; `\*` and `\\` are the characters themselves. */
export const wildcard: Operator<ValueRule> = (operand, complain) => {
  const text = textOf(operand, "wildcard", complain);
  const codes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "*") {
      if (codes.at(-1) === STAR) throw complain(`Consecutive wildcard characters at pos ${at}`);
      codes.push(STAR);
      continue;
    }
    if (text[at] === "\\") {
      at++;
      if (text[at] !== "*" && text[at] !== "\\") throw complain(`Invalid escape character at pos ${at - 1}`);
    }
    codes.push(text.charCodeAt(at));
  }
  return valueRule((value) => typeof value === "string" && glob(codes, value));
};

export const exists: Operator = (operand, complain) => {
  if (typeof operand !== "boolean") throw complain("exists match pattern must be either true or false.");
  return { kind: "exists", isThere: operand };
};

/** An address, or a block of them: `10.0.0.0/8`, `2001:db8::/32`. */
export const cidr: Operator<ValueRule> = (operand, complain) => {
  if (typeof operand !== "string") throw complain("prefix match pattern must be a string");
  const [address = "", mask = "", ...more] = operand.split("/");
  if (more.length > 0 || !operand.includes("/")) throw complain("Malformed CIDR, one '/' required");
  if (!/^\d+$/.test(mask)) throw complain("Malformed CIDR, mask bits must be an integer");
  const family = isIP(address);
  if (family === 0) throw complain(`Nonstandard IP address: ${address}`);
  if (Number(mask) > (family === 4 ? 32 : 128)) throw complain("Malformed CIDR, mask bits must be an integer");
  const list = new BlockList();
  const type = family === 4 ? "ipv4" : "ipv6";
  list.addSubnet(address, Number(mask), type);
  return valueRule((value) => typeof value === "string" && isIP(value) === family && list.check(value, type));
};

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

/** Of numbers whose range a service limits: what is beyond is refused in a pattern, and compared to nothing in an event. */
const numericWithin =
  (limit: number, written: string): Operator<ValueRule> =>
  (operand, complain) => {
    const bound = (part: unknown, comparison: string): number => {
      const value = numberOf(part);
      if (value === undefined) throw complain(`Value of ${comparison} must be numeric`);
      if (Math.abs(value) > limit) throw complain(`Value must be between -${written} and ${written}, inclusive`);
      return value;
    };
    const rule = (holds: (value: number) => boolean): ValueRule =>
      valueRule((given) => {
        const value = numberOf(given);
        return value !== undefined && Math.abs(value) <= limit && holds(value);
      });
    const parts: unknown[] = Array.isArray(operand) ? operand : [];
    const [first, from, second, to] = parts;
    if (first === undefined) throw complain("Invalid member in numeric match: ]");
    if (typeof first !== "string") throw complain(`Invalid member in numeric match: ${wordOf(first)}`);
    const compare = Object.hasOwn(COMPARISONS, first) ? COMPARISONS[first] : undefined;
    if (!compare) throw complain(`Unrecognized numeric range operator: ${first}`);
    const low = bound(from, first === "=" ? "equals" : first);
    if (parts.length === 2) return rule((value) => compare(value, low));
    if (!first.startsWith(">")) throw complain("Too many elements in numeric expression");
    if (typeof second !== "string") throw complain(`Bad value in numeric range: ${wordOf(second)}`);
    const isBelow = second.startsWith("<") ? COMPARISONS[second] : undefined;
    if (!isBelow) throw complain(`Bad numeric range operator: ${second}`);
    const high = bound(to, second);
    if (high <= low) throw complain("Bottom must be less than top");
    if (parts.length > 4) throw complain("Too many terms in numeric range expression");
    return rule((value) => compare(value, low) && isBelow(value, high));
  };

const wordOf = (part: unknown): string => (part instanceof JsonNumber ? part.text : String(part));

/** `["=", 1]`, `[">", 1]` or a range, `[">", 1, "<=", 2]`. */
export const numeric = numericWithin(Infinity, "Infinity");

/** Holds for the values that none of the exceptions holds for. */
export const anythingBut = (exceptions: readonly ValueRule[]): Rule => ({
  kind: "anything-but",
  holds: (value) => !exceptions.some(({ holds }) => holds(value)),
});

/** Texts, or numbers: never both. */
function plainExceptions(operand: unknown, complain: Complain): Rule {
  const list = asList(operand);
  const isNumber = (each: unknown): each is number | JsonNumber => numberOf(each) !== undefined;
  const kinds = new Set(list.map(isNumber));
  if (!list.every((each) => typeof each === "string" || isNumber(each))) {
    throw complain("Inside anything but list, start|null|boolean is not supported.");
  }
  if (kinds.size !== 1) {
    throw complain("Inside anything but list, either all values are number or string, mixed type is not supported");
  }
  return anythingBut(list.map(equals));
}

/** EventBridge's: beside values also `{"prefix": "a"}` and the like, whose operand may be a list. */
const anythingButEventBridge: Operator = (operand, complain) => {
  if (!isObject(operand)) return plainExceptions(operand, complain);
  const [first, ...more] = Object.entries(operand);
  if (!first || more.length > 0) throw complain("Only one key allowed in match expression");
  const [name, wanted] = first;
  const operator = Object.hasOwn(EXCEPTIONS, name) ? EXCEPTIONS[name] : undefined;
  if (!operator) throw complain(`Unsupported anything-but pattern: ${name}`);
  const list = asList(wanted);
  if (list.length === 0) throw complain("Empty arrays are not allowed");
  if ((name === "prefix" || name === "suffix") && list.includes("")) throw complain("Null prefix/suffix not allowed");
  return anythingBut(list.map((each) => operator(each, complain)));
};

const EXCEPTIONS: Readonly<Record<string, Operator<ValueRule>>> = {
  prefix,
  suffix,
  wildcard,
  "equals-ignore-case": equalsIgnoreCase,
};

/**
 * The operators of EventBridge's patterns.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export const EVENT_BRIDGE_OPERATORS = {
  prefix: inAnyCaseToo(prefix, startsWith),
  suffix: inAnyCaseToo(suffix, endsWith),
  "equals-ignore-case": equalsIgnoreCase,
  wildcard,
  exists,
  cidr,
  numeric: numericWithin(5_000_000_000, "5.0E9"),
  "anything-but": anythingButEventBridge,
};
