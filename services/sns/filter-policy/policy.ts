import { isIP } from "node:net";
import { invalidParameter } from "../errors.ts";

export type Scope = "MessageAttributes" | "MessageBody";
export type Scalar = string | number | boolean | null;

/** One element of a policy's list. */
export type Rule =
  | { readonly kind: "equals"; readonly value: Scalar }
  | { readonly kind: "prefix" | "suffix" | "equals-ignore-case" | "cidr"; readonly value: string }
  | { readonly kind: "exists"; readonly value: boolean }
  | { readonly kind: "numeric"; readonly bounds: readonly { readonly operator: string; readonly value: number }[] }
  | { readonly kind: "anything-but"; readonly not: readonly Rule[] };

/** A policy without nesting and $or: a message passes when for any of these each name has a rule that holds. */
export type Alternative = ReadonlyMap<string, readonly Rule[]>;
export type FilterPolicy = readonly Alternative[];

const MOST_KEYS = 5;
const MOST_COMBINATIONS = 150;
const LARGEST_BYTES = 256 * 1024;

type Complain = (text: string) => Error;

/**
 * Reads and checks a filter policy.
 * @param prefix what stands before the complaint: Subscribe says "Attributes Reason: "
 * @throws InvalidParameter in SNS's words
 * @see https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
export function parseFilterPolicy(text: string, scope: Scope, prefix = ""): FilterPolicy {
  const complain: Complain = (what) => invalidParameter(`${prefix}FilterPolicy: ${what}`);
  if (Buffer.byteLength(text) > LARGEST_BYTES) throw complain("Filter policy is too large");
  const raw = parseJson(text, complain);
  if (Object.keys(raw).length > MOST_KEYS) throw complain("Filter policy can not have more than 5 keys");
  const reader = new Reader(complain);
  const policy = reader.object(raw, "", [new Map()], 1);
  if (reader.combinations > MOST_COMBINATIONS) throw complain("Filter policy is too complex");
  if (scope === "MessageAttributes" && reader.nested) {
    throw invalidParameter(`${prefix}Filter policy scope MessageAttributes does not support nested filter policy`);
  }
  return policy;
}

function parseJson(text: string, complain: Complain): Record<string, unknown> {
  try {
    const raw: unknown = JSON.parse(text);
    if (isObject(raw)) return raw;
  } catch {
    // complained of below, as any other text that is no object
  }
  throw complain("failed to parse JSON.");
}

class Reader {
  combinations = 1;
  nested = false;
  readonly #complain: Complain;

  constructor(complain: Complain) {
    this.#complain = complain;
  }

  /** Adds what an object asks for to each of the alternatives so far; `$or` makes more of them. */
  object(raw: Record<string, unknown>, path: string, alternatives: Alternative[], depth: number): Alternative[] {
    let all = alternatives;
    for (const [key, value] of Object.entries(raw)) {
      const name = path === "" ? key : `${path}.${key}`;
      if (key === "$or" && Array.isArray(value) && value.length > 1 && value.every(isObject)) {
        all = this.#either(value, path, all, depth);
      } else if (isObject(value)) {
        this.nested = true;
        all = this.object(value, name, all, depth + 1);
      } else if (Array.isArray(value)) {
        if (value.length === 0) throw this.#complain("Empty arrays are not allowed");
        this.combinations *= value.length * depth;
        const rules = value.map((rule: unknown) => readRule(rule, this.#complain));
        all = all.map((alternative) => new Map([...alternative, [name, rules]]));
      } else throw this.#complain(`"${key}" must be an object or an array`);
    }
    return all;
  }

  #either(choices: Record<string, unknown>[], path: string, all: Alternative[], depth: number): Alternative[] {
    const before = this.combinations;
    let sum = 0;
    const branches = choices.flatMap((choice) => {
      this.combinations = before;
      const branch = this.object(choice, path, all, depth);
      sum += this.combinations;
      // more would be refused in the end; it must not be built before
      if (sum > MOST_COMBINATIONS) throw this.#complain("Filter policy is too complex");
      return branch;
    });
    this.combinations = sum;
    return branches;
  }
}

function readRule(raw: unknown, complain: Complain): Rule {
  if (isScalar(raw)) return { kind: "equals", value: raw };
  if (!isObject(raw)) throw complain("Match value must be String, number, true, false, or null");
  const entries = Object.entries(raw);
  const [operator, value] = entries[0] ?? ["", undefined];
  if (entries.length !== 1) throw complain("Only one key allowed in match expression");
  switch (operator) {
    case "prefix":
    case "suffix":
    case "equals-ignore-case":
      if (typeof value !== "string") throw complain(`${operator} match pattern must be a string`);
      return { kind: operator, value };
    case "cidr":
      return { kind: "cidr", value: cidr(value, complain) };
    case "exists":
      if (typeof value !== "boolean") throw complain("exists match pattern must be either true or false.");
      return { kind: "exists", value };
    case "numeric":
      return { kind: "numeric", bounds: bounds(value, complain) };
    case "anything-but":
      return { kind: "anything-but", not: exceptions(value, complain) };
    default:
      throw complain(`Unrecognized match type ${operator}`);
  }
}

function exceptions(value: unknown, complain: Complain): Rule[] {
  if (isObject(value)) {
    const other = Object.keys(value).find((operator) => operator !== "prefix");
    if (other !== undefined) throw complain(`Unsupported anything-but pattern: ${other}`);
    return [readRule(value, complain)];
  }
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((each) => {
    if (!isScalar(each)) throw complain("Match value must be String, number, true, false, or null");
    return { kind: "equals", value: each };
  });
}

function cidr(value: unknown, complain: Complain): string {
  if (typeof value !== "string") throw complain("prefix match pattern must be a string");
  const parts = value.split("/");
  const [address = "", mask = ""] = parts;
  if (parts.length !== 2) throw complain("Malformed CIDR, one '/' required");
  if (!/^\d+$/.test(mask)) throw complain("Malformed CIDR, mask bits must be an integer");
  const family = isIP(address);
  if (family === 0) throw complain(`Nonstandard IP address: ${address}`);
  if (Number(mask) > (family === 4 ? 32 : 128)) throw complain("Malformed CIDR, mask bits must be an integer");
  return value;
}

const OPERATORS = ["=", "<", "<=", ">", ">="];
const spoken = (operator: string): string => (operator === "=" ? "equals" : operator);

/** `["=", 1]`, `[">", 1]` or a range, `[">", 1, "<=", 2]`. */
function bounds(value: unknown, complain: Complain): { operator: string; value: number }[] {
  const [first, low, second, high, ...more] = (Array.isArray(value) ? value : []) as unknown[];
  const length = Array.isArray(value) ? value.length : 0;
  if (first === undefined) throw complain("Invalid member in numeric match: ]");
  if (typeof first !== "string") throw complain(`Invalid member in numeric match: ${String(first)}`);
  if (!OPERATORS.includes(first)) throw complain(`Unrecognized numeric range operator: ${first}`);
  if (typeof low !== "number") throw complain(`Value of ${spoken(first)} must be numeric`);
  if (length === 2) return [{ operator: first, value: low }];
  if (!first.startsWith(">")) throw complain("Too many elements in numeric expression");
  if (typeof second !== "string") throw complain(`Bad value in numeric range: ${String(second)}`);
  if (!second.startsWith("<") || !OPERATORS.includes(second)) throw complain(`Bad numeric range operator: ${second}`);
  if (typeof high !== "number") throw complain(`Value of ${second} must be numeric`);
  if (high <= low) throw complain("Bottom must be less than top");
  if (more.length > 0) throw complain("Too many terms in numeric range expression");
  return [
    { operator: first, value: low },
    { operator: second, value: high },
  ];
}

const isScalar = (value: unknown): value is Scalar => value === null || typeof value !== "object";

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
