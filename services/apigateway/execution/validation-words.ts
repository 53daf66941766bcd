import type { ErrorObject } from "ajv";

type Params = Readonly<Record<string, unknown>>;
type Words = (error: ErrorObject, params: Params) => string;

const typeOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
};

const list = (value: unknown): string => JSON.stringify(Array.isArray(value) ? value : [value]);
const length = (value: unknown): number =>
  typeof value === "string" ? [...value].length : (value as unknown[]).length;
const count = (value: unknown): number => Object.keys(value as object).length;

/** As the Java validator that API Gateway uses words them. */
const WORDS: Readonly<Record<string, Words>> = {
  type: ({ data }, { type }) =>
    `instance type (${typeOf(data)}) does not match any allowed primitive type (allowed: ${list(type)})`,
  enum: ({ data }, { allowedValues }) =>
    `instance value (${JSON.stringify(data)}) not found in enum (possible values: ${list(allowedValues)})`,
  minimum: ({ data }, { limit, comparison }) =>
    comparison === ">"
      ? `numeric instance is not strictly greater than the required minimum ${String(limit)}`
      : `numeric instance is lower than the required minimum (minimum: ${String(limit)}, found: ${String(data)})`,
  maximum: ({ data }, { limit, comparison }) =>
    comparison === "<"
      ? `numeric instance is not strictly lower than the required maximum ${String(limit)}`
      : `numeric instance is greater than the required maximum (maximum: ${String(limit)}, found: ${String(data)})`,
  multipleOf: ({ data }, { multipleOf }) =>
    `remainder of division is not zero (${String(data)} / ${String(multipleOf)})`,
  minLength: ({ data }, { limit }) =>
    `string ${JSON.stringify(data)} is too short (length: ${length(data)}, required minimum: ${String(limit)})`,
  maxLength: ({ data }, { limit }) =>
    `string ${JSON.stringify(data)} is too long (length: ${length(data)}, maximum allowed: ${String(limit)})`,
  pattern: ({ data }, { pattern }) =>
    `ECMA 262 regex ${JSON.stringify(pattern)} does not match input string ${JSON.stringify(data)}`,
  format: ({ data }, { format }) =>
    `string ${JSON.stringify(data)} is invalid against requested format ${JSON.stringify(format)}`,
  minItems: ({ data }, { limit }) =>
    `array is too short: must have at least ${String(limit)} elements but instance has ${length(data)} elements`,
  maxItems: ({ data }, { limit }) =>
    `array is too long: must have at most ${String(limit)} elements but instance has ${length(data)} elements`,
  additionalItems: ({ data }, { limit }) =>
    `too many elements in array: instance has ${length(data)}, at most ${String(limit)} are allowed`,
  uniqueItems: () => "array must not contain duplicate elements",
  minProperties: ({ data }, { limit }) =>
    `object has too few properties (found ${count(data)} but schema requires at least ${String(limit)})`,
  maxProperties: ({ data }, { limit }) =>
    `object has too many properties (found ${count(data)} but schema requires at most ${String(limit)})`,
  anyOf: ({ schema }) =>
    `instance failed to match at least one required schema among ${(schema as unknown[] | undefined)?.length ?? 0}`,
  oneOf: ({ schema }, { passingSchemas }) =>
    `instance failed to match exactly one schema (matched ${(passingSchemas as unknown[] | null)?.length ?? 0} out of ${(schema as unknown[] | undefined)?.length ?? 0})`,
  not: () => "instance matched a schema which it should not have",
  dependencies: ({ data }, { property, deps }) =>
    `property ${JSON.stringify(property)} of object has missing property dependencies (schema requires ${JSON.stringify(String(deps).split(", "))}; missing: ${JSON.stringify(
      String(deps)
        .split(", ")
        .filter((name) => !Object.hasOwn(data as object, name)),
    )})`,
};

/** All that is wrong with a body, as `$context.error.validationErrorString` has it. */
export function wordErrors(errors: readonly ErrorObject[]): string {
  const said = new Set<string>();
  for (const error of errors) {
    const group = GROUPED[error.keyword];
    said.add(group ? group(names(errors, error)) : wordOne(error));
  }
  return `[${[...said].join(", ")}]`;
}

const wordOne = (error: ErrorObject): string =>
  WORDS[error.keyword]?.(error, error.params as Params) ?? error.message ?? error.keyword;

/** Said once for an object, whatever the number of properties. */
const GROUPED: Readonly<Record<string, (names: string) => string>> = {
  required: (names) => `object has missing required properties (${names})`,
  additionalProperties: (names) => `object instance has properties which are not allowed by the schema: ${names}`,
};

const names = (errors: readonly ErrorObject[], { keyword, instancePath }: ErrorObject): string =>
  JSON.stringify(
    errors
      .filter((error) => error.keyword === keyword && error.instancePath === instancePath)
      .map(({ params }) =>
        String((params as Params)[keyword === "required" ? "missingProperty" : "additionalProperty"]),
      )
      .sort(),
  );
