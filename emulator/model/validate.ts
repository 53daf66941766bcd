import { AwsError, type CommonError } from "./errors.ts";
import type { Constraint, Constraints } from "./constraints.ts";
import type { Member, Shape, StructureShape } from "../protocol/shapes.ts";
import { Slices } from "../protocol/slices.ts";

interface Violation {
  readonly value: unknown;
  readonly place: string;
  readonly constraint: string;
}

/** Adds what is wrong with `value` to `violations`; `path` names the place and is only read when something is wrong. */
type Check = (value: unknown, path: string[], violations: Violation[]) => void;

export interface ValidationError extends CommonError {
  /** Its text does not repeat what was given. */
  readonly hidesValues?: true;
}

/** AWS words at most this many violations in one answer. */
const MOST_VIOLATIONS = 10;

/**
 * Compiles the check of an operation's input: required members, lengths, ranges, patterns and enums, worded as AWS words
 * them ("1 validation error detected: Value ... at '...' failed to satisfy constraint: ...").
 */
export function compileValidator(
  shape: StructureShape,
  constraints: Constraints,
  error: ValidationError,
): (input: Readonly<Record<string, unknown>>) => void {
  const check = structureCheck(shape, constraints, new Map());
  return (input) => {
    const violations: Violation[] = [];
    check?.(input, [], violations);
    if (violations.length === 0) return;
    const shown = violations.slice(0, MOST_VIOLATIONS).map((one) => wordsOf(one, error.hidesValues === true));
    throw new AwsError(
      error,
      `${shown.length} validation error${shown.length > 1 ? "s" : ""} detected: ${shown.join("; ")}`,
    );
  };
}

function structureCheck(
  shape: StructureShape,
  constraints: Constraints,
  made: Map<StructureShape, Check>,
): Check | undefined {
  const known = made.get(shape);
  if (known) return known;
  let checks: { name: string; segment: string; required: boolean; check: Check | undefined }[] | undefined;
  const limitsOf = constraints[shape.name] ?? {};
  const check: Check = (value, path, violations) => {
    checks ??= shape.members
      .map((member) => memberCheck(member, limitsOf[member.name], constraints, made))
      .filter((entry) => entry.required || entry.check);
    for (const entry of checks) {
      const given = (value as Record<string, unknown>)[entry.name];
      if (given === undefined || given === null) {
        if (entry.required) violations.push(violation(null, [...path, entry.segment], "Member must not be null"));
      } else if (entry.check) {
        path.push(entry.segment);
        entry.check(given, path, violations);
        path.pop();
      }
    }
  };
  made.set(shape, check);
  return check;
}

function memberCheck(
  member: Member,
  limits: Constraint | undefined,
  constraints: Constraints,
  made: Map<StructureShape, Check>,
) {
  return {
    name: member.name,
    segment: member.name.charAt(0).toLowerCase() + member.name.slice(1),
    required: member.required || limits?.required === true,
    check: valueCheck(member.shape(), limits ?? {}, constraints, made),
  };
}

function valueCheck(
  shape: Shape,
  limits: Constraint,
  constraints: Constraints,
  made: Map<StructureShape, Check>,
): Check | undefined {
  switch (shape.kind) {
    case "structure":
      return structureCheck(shape, constraints, made);
    case "list": {
      const own = lengthCheck(limits, (value) => (value as unknown[]).length);
      const element = valueCheck(shape.element(), limits.member ?? {}, constraints, made);
      const check = element ? both(own, eachElement(element)) : own;
      return check && unlessSliced(check);
    }
    case "map": {
      const own = lengthCheck(limits, (value) => Object.keys(value as object).length);
      const key = valueCheck({ kind: "string" }, limits.key ?? {}, constraints, made);
      const bounds = ownCheck(shape.value(), limits.value ?? {});
      const value = valueCheck(
        shape.value(),
        bounds ? withoutOwn(limits.value) : (limits.value ?? {}),
        constraints,
        made,
      );
      const entries = [
        key && mapCheck("keys", limits.key ?? {}, Object.keys, key),
        bounds && mapCheck("value", limits.value ?? {}, Object.values, bounds),
        value && eachValue(value),
      ].filter((check) => check !== undefined);
      return entries.reduce<Check | undefined>((first, second) => both(first, second), own);
    }
    case "number":
      return rangeCheck(limits);
    case "blob":
      return lengthCheck(limits, blobLength);
    case "string":
      return stringCheck(limits);
    default:
      return undefined;
  }
}

/** The limits of a value itself, not of what it holds. */
function ownCheck(shape: Shape, limits: Constraint): Check | undefined {
  if (shape.kind === "list") return lengthCheck(limits, (value) => (value as unknown[]).length);
  return shape.kind === "string" ? stringCheck(limits) : undefined;
}

const withoutOwn = ({ member, key, value }: Constraint = {}): Constraint => ({
  ...(member && { member }),
  ...(key && { key }),
  ...(value && { value }),
});

const both = (first: Check | undefined, second: Check): Check =>
  first
    ? (value, path, violations) => {
        first(value, path, violations);
        second(value, path, violations);
      }
    : second;

const eachElement =
  (check: Check): Check =>
  (value, path, violations) => {
    const items = value as readonly unknown[];
    const depth = path.length;
    for (let index = 0; index < items.length && violations.length < MOST_VIOLATIONS; index++) {
      if (items[index] === null) continue;
      path[depth] = String(index + 1);
      path[depth + 1] = "member";
      check(items[index], path, violations);
    }
    path.length = depth;
  };

/** Slices were read by the same constraints. */
const unlessSliced =
  (check: Check): Check =>
  (value, path, violations) => {
    if (!(value instanceof Slices)) check(value, path, violations);
  };

const eachValue =
  (check: Check): Check =>
  (value, path, violations) => {
    const entries = value as Readonly<Record<string, unknown>>;
    const depth = path.length;
    for (const name of Object.keys(entries)) {
      if (entries[name] === null) continue;
      path[depth] = name;
      path[depth + 1] = "member";
      check(entries[name], path, violations);
      path.length = depth;
    }
  };

/** Limits of a map's keys, or of its values themselves, are said of the map as a whole. */
function mapCheck(
  part: "keys" | "value",
  { min, max, pattern }: Constraint,
  partsOf: (map: object) => unknown[],
  check: Check,
): Check {
  const limits = [
    max !== undefined && `Member must have length less than or equal to ${max}`,
    min !== undefined && `Member must have length greater than or equal to ${min}`,
    pattern !== undefined && `Member must satisfy regular expression pattern: ${pattern}`,
  ].filter((limit) => limit !== false);
  const nowhere: string[] = [];
  const found: Violation[] = [];
  return (value, path, violations) => {
    for (const one of partsOf(value as object)) if (one !== null) check(one, nowhere, found);
    if (found.length === 0) return;
    found.length = 0;
    violations.push(violation(value, path, `Map ${part} must satisfy constraint: [${limits.join(", ")}]`));
  };
}

function lengthCheck({ min, max }: Constraint, length: (value: unknown) => number): Check | undefined {
  if (min === undefined && max === undefined) return undefined;
  return (value, path, violations) => {
    const size = length(value);
    if (max !== undefined && size > max) {
      violations.push(violation(value, path, `Member must have length less than or equal to ${max}`));
    }
    if (min !== undefined && size < min) {
      violations.push(violation(value, path, `Member must have length greater than or equal to ${min}`));
    }
  };
}

function rangeCheck({ min, max }: Constraint): Check | undefined {
  if (min === undefined && max === undefined) return undefined;
  return (value, path, violations) => {
    const number = value as number;
    if (max !== undefined && number > max) {
      violations.push(violation(value, path, `Member must have value less than or equal to ${max}`));
    }
    if (min !== undefined && number < min) {
      violations.push(violation(value, path, `Member must have value greater than or equal to ${min}`));
    }
  };
}

function stringCheck(limits: Constraint): Check | undefined {
  const checks = [lengthCheck(limits, stringLength(limits.max)), patternCheck(limits.pattern), enumCheck(limits.enum)];
  const present = checks.filter((check) => check !== undefined);
  return present.length === 0 ? undefined : present.reduce((first, second) => both(first, second));
}

function patternCheck(source: string | undefined): Check | undefined {
  if (source === undefined) return undefined;
  let pattern: RegExp | undefined;
  return (value, path, violations) => {
    pattern ??= wholeMatch(source);
    if (!pattern.test(value as string)) {
      violations.push(violation(value, path, `Member must satisfy regular expression pattern: ${source}`));
    }
  };
}

function enumCheck(values: readonly string[] | undefined): Check | undefined {
  if (!values) return undefined;
  const set = new Set(values);
  return (value, path, violations) => {
    if (!set.has(value as string)) {
      violations.push(violation(value, path, `Member must satisfy enum value set: [${values.join(", ")}]`));
    }
  };
}

/** AWS's patterns are Java's and match the whole value. */
function wholeMatch(source: string): RegExp {
  const text = `^(?:${source.replaceAll(/\(\?[a-z]+\)/g, "")})$`;
  try {
    return new RegExp(text, "su");
  } catch {
    return new RegExp(text, "s"); // Java allows escapes that the u flag refuses
  }
}

/** Counts characters, not UTF-16 units; only where the difference matters. */
const stringLength = (max: number | undefined) => (value: unknown) => {
  const text = value as string;
  return max !== undefined && text.length > max ? [...text].length : text.length;
};

/** Bytes of a blob that is bytes or base64 text. */
const blobLength = (value: unknown): number =>
  typeof value === "string" ? base64Bytes(value) : (value as Uint8Array).byteLength;

export const base64Bytes = (text: string): number =>
  (text.length / 4) * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);

const violation = (value: unknown, path: readonly string[], constraint: string): Violation => ({
  value,
  place: path.join("."),
  constraint,
});

function wordsOf({ value, place, constraint }: Violation, hidesValue: boolean): string {
  const shown = value === null ? " null" : ` '${render(value)}'`;
  return `Value${hidesValue ? "" : shown} at '${place}' failed to satisfy constraint: ${constraint}`;
}

/** A value as Java prints it. */
function render(value: unknown): string {
  if (value instanceof Uint8Array)
    return `java.nio.HeapByteBuffer[pos=0 lim=${value.byteLength} cap=${value.byteLength}]`;
  if (Array.isArray(value)) return `[${value.map(render).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}=${render(item)}`)
      .join(", ")}}`;
  }
  return String(value);
}
