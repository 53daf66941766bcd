import { invalidParameter } from "./errors.ts";

/** Whether the values at one place of a record match; an absent place has none. */
type Test = (values: readonly unknown[]) => boolean;
export type Pattern = (record: unknown) => boolean;

type Json = Readonly<Record<string, unknown>>;

const DEEPEST = 20;

const invalid = () => invalidParameter("Invalid filter pattern definition.");

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Compiles a pattern of FilterCriteria: an object of the record's form, whose leaves are lists of what is accepted there.
 * @throws AwsError InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export function compilePattern(text: string): Pattern {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalid();
  }
  if (!isObject(parsed)) throw invalid();
  return compileObject(parsed, 0);
}

function compileObject(pattern: Json, depth: number): Pattern {
  if (depth > DEEPEST) throw invalid();
  const parts = Object.entries(pattern).map(([name, wanted]) =>
    name === "$or" ? compileOr(wanted, depth) : compileMember(name, wanted, depth),
  );
  return (record) => parts.every((part) => part(record));
}

function compileOr(alternatives: unknown, depth: number): Pattern {
  if (!Array.isArray(alternatives) || alternatives.length < 2 || !alternatives.every(isObject)) throw invalid();
  const patterns = alternatives.map((alternative) => compileObject(alternative, depth + 1));
  return (record) => patterns.some((pattern) => pattern(record));
}

function compileMember(name: string, wanted: unknown, depth: number): Pattern {
  if (isObject(wanted)) {
    const inner = compileObject(wanted, depth + 1);
    return (record) => {
      const value = isObject(record) ? record[name] : undefined;
      return Array.isArray(value) ? value.some(inner) : inner(value);
    };
  }
  if (!Array.isArray(wanted) || wanted.length === 0) throw invalid();
  const tests = wanted.map(compileLeaf);
  return (record) => {
    const isThere = isObject(record) && Object.hasOwn(record, name);
    const values: unknown[] = isThere ? [record[name]].flat() : [];
    return tests.some((test) => test(values));
  };
}

function compileLeaf(wanted: unknown): Test {
  if (Array.isArray(wanted)) throw invalid();
  if (!isObject(wanted)) return (values) => values.includes(wanted);
  const [[operator, operand] = ["", undefined], ...more] = Object.entries(wanted);
  const make = OPERATORS[operator];
  if (!make || more.length > 0) throw invalid();
  return make(operand);
}

const ofText =
  (matches: (value: string, wanted: string) => boolean) =>
  (operand: unknown): Test => {
    if (typeof operand !== "string") throw invalid();
    return (values) => values.some((value) => typeof value === "string" && matches(value, operand));
  };

const OPERATORS: Readonly<Record<string, (operand: unknown) => Test>> = {
  prefix: ofText((value, wanted) => value.startsWith(wanted)),
  suffix: ofText((value, wanted) => value.endsWith(wanted)),
  "equals-ignore-case": ofText((value, wanted) => value.toLowerCase() === wanted.toLowerCase()),
  exists: (operand) => {
    if (typeof operand !== "boolean") throw invalid();
    return (values) => values.length > 0 === operand;
  },
  "anything-but": (operand) => {
    if (isObject(operand)) {
      const test = compileLeaf(operand);
      return (values) => values.length > 0 && !test(values);
    }
    const refused: unknown[] = [operand].flat();
    if (refused.length === 0 || refused.some((one) => !["string", "number"].includes(typeof one))) throw invalid();
    return (values) => values.length > 0 && values.every((value) => !refused.includes(value));
  },
  numeric: compileNumeric,
};

const COMPARISONS: Readonly<Record<string, (value: number, wanted: number) => boolean>> = {
  "=": (value, wanted) => value === wanted,
  "<": (value, wanted) => value < wanted,
  "<=": (value, wanted) => value <= wanted,
  ">": (value, wanted) => value > wanted,
  ">=": (value, wanted) => value >= wanted,
};

/** `["=", 5]`, or a range: `[">", 0, "<=", 10]`. */
function compileNumeric(operand: unknown): Test {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) throw invalid();
  const parts = operand as unknown[];
  const limits = Array.from({ length: parts.length / 2 }, (_, index) => {
    const compare = COMPARISONS[String(parts[index * 2])];
    const wanted = parts[index * 2 + 1];
    if (!compare || typeof wanted !== "number") throw invalid();
    return (value: number) => compare(value, wanted);
  });
  return (values) => values.some((value) => typeof value === "number" && limits.every((limit) => limit(value)));
}
