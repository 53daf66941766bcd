import { BlockList, isIP } from "node:net";
import { timeOf } from "./date.ts";
import { compilePattern, glob, STAR, type Pattern, type Variables } from "./pattern.ts";

/** What is known of a request, by condition key in lower case; undefined: the request has no such key. */
export interface ConditionContext {
  values(key: string): readonly string[] | undefined;
}

export interface Condition {
  holds(context: ConditionContext, variables: Variables): boolean;
}

type Test = (value: string, variables: Variables) => boolean;

interface Operator {
  /** The test that one value of the policy stands for. */
  compile(text: string, hasVariables: boolean): Test;
  readonly negated?: boolean;
}

const never: Test = () => false;

const equals = (text: string, variables: boolean): Test => {
  const pattern = compilePattern(text, { wildcards: false, variables });
  return (value, lookup) => pattern.matches(value, lookup);
};

const equalsIgnoringCase = (text: string, variables: boolean): Test => {
  const pattern = compilePattern(text, { wildcards: false, variables });
  return (value, lookup) => {
    const codes = pattern.codes(lookup);
    return codes !== undefined && String.fromCharCode(...codes).toLowerCase() === value.toLowerCase();
  };
};

const like = (text: string, variables: boolean): Test => {
  const pattern = compilePattern(text, { wildcards: true, variables });
  return (value, lookup) => pattern.matches(value, lookup);
};

const COLON = 58;
const ARN_PARTS = 6;

/** The six parts of an ARN are compared one by one, each with its own wildcards. */
const arnLike = (text: string, variables: boolean): Test => {
  const pattern: Pattern = compilePattern(text, { wildcards: true, variables });
  return (value, lookup) => {
    const codes = pattern.codes(lookup);
    if (codes === undefined) return false;
    const wanted = splitCodes(codes);
    // a star at the end stands for all parts that are left
    const last = wanted.at(-1) ?? [];
    if (wanted.length < ARN_PARTS) return last.length === 1 && last[0] === STAR && glob(codes, value);
    const given = value.split(":");
    const parts = [...given.slice(0, ARN_PARTS - 1), given.slice(ARN_PARTS - 1).join(":")];
    return given.length >= ARN_PARTS && parts.every((part, index) => glob(wanted[index] ?? [], part));
  };
};

function splitCodes(codes: readonly number[]): number[][] {
  const parts: number[][] = [[]];
  for (const code of codes) {
    if (code === COLON && parts.length < ARN_PARTS) parts.push([]);
    else parts.at(-1)?.push(code);
  }
  return parts;
}

const asNumber = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));

/** Policies of other services than IAM may hold dates that IAM refuses. */
const asTime = (text: string): number => timeOf(text) ?? Date.parse(text);

const compare =
  (read: (text: string) => number, holds: (value: number, wanted: number) => boolean) =>
  (text: string): Test => {
    const wanted = read(text);
    if (Number.isNaN(wanted)) return never;
    return (value) => holds(read(value), wanted);
  };

const bool = (text: string, variables: boolean): Test => equalsIgnoringCase(text, variables);

const binary = (text: string): Test => {
  const wanted = Buffer.from(text, "base64");
  return (value) => wanted.equals(Buffer.from(value, "base64"));
};

function ipAddress(text: string): Test {
  const [address = "", prefix] = text.split("/");
  const version = isIP(address);
  if (version === 0) return never;
  const bits = version === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (!Number.isInteger(length) || length < 0 || length > bits) return never;
  const range = new BlockList();
  range.addSubnet(address, length, version === 4 ? "ipv4" : "ipv6");
  return (value) => {
    const plain = value.startsWith("::ffff:") ? value.slice("::ffff:".length) : value;
    const kind = isIP(plain);
    return kind !== 0 && range.check(plain, kind === 4 ? "ipv4" : "ipv6");
  };
}

const EQUAL = (value: number, wanted: number): boolean => value === wanted;
const BELOW = (value: number, wanted: number): boolean => value < wanted;
const AT_MOST = (value: number, wanted: number): boolean => value <= wanted;
const ABOVE = (value: number, wanted: number): boolean => value > wanted;
const AT_LEAST = (value: number, wanted: number): boolean => value >= wanted;

const ordered = (kind: string, read: (text: string) => number): Record<string, Operator> => ({
  [`${kind}Equals`]: { compile: compare(read, EQUAL) },
  [`${kind}NotEquals`]: { compile: compare(read, EQUAL), negated: true },
  [`${kind}LessThan`]: { compile: compare(read, BELOW) },
  [`${kind}LessThanEquals`]: { compile: compare(read, AT_MOST) },
  [`${kind}GreaterThan`]: { compile: compare(read, ABOVE) },
  [`${kind}GreaterThanEquals`]: { compile: compare(read, AT_LEAST) },
});

const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: { compile: equals },
  StringNotEquals: { compile: equals, negated: true },
  StringEqualsIgnoreCase: { compile: equalsIgnoringCase },
  StringNotEqualsIgnoreCase: { compile: equalsIgnoringCase, negated: true },
  StringLike: { compile: like },
  StringNotLike: { compile: like, negated: true },
  ...ordered("Numeric", asNumber),
  ...ordered("Date", asTime),
  Bool: { compile: bool },
  BinaryEquals: { compile: binary },
  IpAddress: { compile: ipAddress },
  NotIpAddress: { compile: ipAddress, negated: true },
  ArnEquals: { compile: arnLike },
  ArnNotEquals: { compile: arnLike, negated: true },
  ArnLike: { compile: arnLike },
  ArnNotLike: { compile: arnLike, negated: true },
};

const OPERATOR_NAME = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

/** Whether AWS knows an operator of this name, with or without a set's prefix and IfExists. */
export function isConditionOperator(text: string): boolean {
  const [, set, name = "", ifExists] = OPERATOR_NAME.exec(text) ?? [];
  return name === "Null" ? set === undefined && ifExists === undefined : Object.hasOwn(OPERATORS, name);
}

/**
 * One key of a policy's Condition. All of a statement's conditions have to hold; of the values one has to fit, or none for the
 * operators with Not.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function compileCondition(text: string, key: string, given: unknown, hasVariables: boolean): Condition {
  const [, set, name = "", ifExists] = OPERATOR_NAME.exec(text) ?? [];
  const wanted = (Array.isArray(given) ? given : [given]).map(String);
  const keyName = key.toLowerCase();
  if (name === "Null") {
    const whetherMissing = wanted.map((value) => value.toLowerCase() === "true");
    return { holds: (context) => whetherMissing.includes((context.values(keyName)?.length ?? 0) === 0) };
  }
  const operator = OPERATORS[name];
  if (!operator) throw new Error(`no condition operator ${text}`);
  const tests = wanted.map((value) => operator.compile(value, hasVariables));
  const negated = operator.negated === true;
  const fits = (value: string, variables: Variables): boolean =>
    tests.some((test) => test(value, variables)) !== negated;
  const whenMissing = ifExists !== undefined || set === "ForAllValues" || (set === undefined && negated);
  const needsAll = set === "ForAllValues" || (set === undefined && negated);
  return {
    holds: (context, variables) => {
      const values = context.values(keyName);
      if (values === undefined || values.length === 0) return whenMissing;
      return needsAll
        ? values.every((value) => fits(value, variables))
        : values.some((value) => fits(value, variables));
    },
  };
}
