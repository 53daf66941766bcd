import {
  anythingBut,
  cidr,
  equalsIgnoreCase,
  exists,
  numeric,
  prefix,
  suffix,
} from "../../../emulator/event-pattern/operators.ts";
import {
  asList,
  type Complain,
  equals,
  isObject,
  isScalar,
  noMatchValue,
  type Operator,
  type Operators,
  readRule,
  type Rule,
} from "../../../emulator/event-pattern/rule.ts";
import { invalidParameter } from "../errors.ts";

export type Scope = "MessageAttributes" | "MessageBody";

/** A policy without nesting and $or: a message passes when for any of these each name has a rule that holds. */
export type Alternative = ReadonlyMap<string, readonly Rule[]>;
export type FilterPolicy = readonly Alternative[];

const MOST_KEYS = 5;
const MOST_COMBINATIONS = 150;
const LARGEST_BYTES = 256 * 1024;

/**
 * Reads and checks a filter policy.
 * @param context what stands before the complaint: Subscribe says "Attributes Reason: "
 * @throws InvalidParameter in SNS's words
 * @see https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
export function parseFilterPolicy(text: string, scope: Scope, context = ""): FilterPolicy {
  const complain: Complain = (what) => invalidParameter(`${context}FilterPolicy: ${what}`);
  if (Buffer.byteLength(text) > LARGEST_BYTES) throw complain("Filter policy is too large");
  const raw = parseJson(text, complain);
  if (Object.keys(raw).length > MOST_KEYS) throw complain("Filter policy can not have more than 5 keys");
  const reader = new Reader(complain);
  const policy = reader.object(raw, "", [new Map()], 1);
  if (reader.combinations > MOST_COMBINATIONS) throw complain("Filter policy is too complex");
  if (scope === "MessageAttributes" && reader.nested) {
    throw invalidParameter(`${context}Filter policy scope MessageAttributes does not support nested filter policy`);
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
        const rules = value.map((rule: unknown) => readRule(rule, OPERATORS, this.#complain));
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

/** What is not to be may also begin with a text. */
const anythingButSns: Operator = (operand, complain) => {
  if (isObject(operand)) {
    const other = Object.keys(operand).find((operator) => operator !== "prefix");
    if (other !== undefined) throw complain(`Unsupported anything-but pattern: ${other}`);
    return anythingBut([prefix(operand["prefix"], complain)]);
  }
  const exceptions = asList(operand).map((each) => {
    if (!isScalar(each)) throw noMatchValue(complain);
    return equals(each);
  });
  return anythingBut(exceptions);
};

/** @see https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html */
const OPERATORS: Operators = {
  prefix,
  suffix,
  "equals-ignore-case": equalsIgnoreCase,
  cidr,
  exists,
  numeric,
  "anything-but": anythingButSns,
};
