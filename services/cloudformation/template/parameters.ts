import { templateFormatError, validationError } from "../errors.ts";
import { ssmValueType } from "./ssm-parameters.ts";
import { isJsonObject, type Json, type JsonObject } from "./value.ts";

export interface ParameterDefinition {
  readonly type: string;
  readonly default?: string;
  readonly noEcho: boolean;
  readonly description?: string;
  readonly constraintDescription?: string;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: RegExp;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

/** One parameter as a request gives it. */
export interface ParameterInput {
  readonly ParameterKey?: string;
  readonly ParameterValue?: string;
  readonly UsePreviousValue?: boolean;
  readonly ResolvedValue?: string;
}

const MEMBERS = [
  "Type", "Default", "NoEcho", "Description", "ConstraintDescription", "AllowedValues", "AllowedPattern", "MinLength",
  "MaxLength", "MinValue", "MaxValue",
]; // oxfmt-ignore

const AWS_SPECIFIC = /^(List<)?AWS::[A-Za-z0-9]+::[A-Za-z0-9]+(::[A-Za-z0-9]+)?>?$/;

export function parameterDefinitions(raw: JsonObject): ReadonlyMap<string, ParameterDefinition> {
  return new Map(Object.entries(raw).map(([name, parameter]) => [name, parameterDefinition(name, parameter)]));
}

function parameterDefinition(name: string, raw: Json): ParameterDefinition {
  if (!/^[A-Za-z0-9]{1,255}$/.test(name)) throw templateFormatError(`Parameter name ${name} is non alphanumeric.`);
  if (!isJsonObject(raw)) throw templateFormatError("Any Parameters member must be an object.");
  const extraneous = Object.keys(raw).find((member) => !MEMBERS.includes(member));
  if (extraneous !== undefined) throw validationError(`Invalid template parameter property '${extraneous}'`);
  const type = raw.Type;
  if (typeof type !== "string") {
    throw templateFormatError("Every Parameters object must contain a Type member.");
  }
  checkType(type);
  const { Default: given, AllowedValues: allowed, AllowedPattern: pattern } = raw;
  if (given !== undefined && typeof given === "object") {
    throw templateFormatError("Every Default member must be a string.");
  }
  if (allowed !== undefined && !Array.isArray(allowed)) {
    throw templateFormatError(`Parameter '${name}' AllowedValues must be a list.`);
  }
  const definition: ParameterDefinition = {
    type,
    default: given === undefined ? undefined : String(given),
    noEcho: String(raw.NoEcho) === "true",
    description: textOf(raw.Description),
    constraintDescription: textOf(raw.ConstraintDescription),
    allowedValues: allowed?.map(String),
    allowedPattern: typeof pattern === "string" ? wholeText(name, pattern) : undefined,
    minLength: numberOf(name, raw, "MinLength"),
    maxLength: numberOf(name, raw, "MaxLength"),
    minValue: numberOf(name, raw, "MinValue"),
    maxValue: numberOf(name, raw, "MaxValue"),
  };
  if (definition.default !== undefined) checkValue(name, definition, definition.default);
  return definition;
}

function checkType(type: string): void {
  if (type === "AWS::SSM::Parameter::Name") return;
  const behind = ssmValueType(type);
  if (behind !== undefined && type.endsWith(">")) return checkType(behind);
  if (["String", "Number", "CommaDelimitedList", "List<Number>", "List<String>"].includes(type)) return;
  if (AWS_SPECIFIC.test(type) && type.startsWith("List<") === type.endsWith(">")) return;
  throw templateFormatError(`Unrecognized parameter type: ${type}`);
}

const textOf = (value: Json | undefined): string | undefined => (value === undefined ? undefined : String(value));

function numberOf(name: string, raw: JsonObject, member: string): number | undefined {
  if (raw[member] === undefined) return undefined;
  const value = Number(raw[member]);
  if (Number.isNaN(value)) throw templateFormatError(`Parameter '${name}' ${member} must be a number.`);
  return value;
}

function wholeText(name: string, pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    throw templateFormatError(`Parameter '${name}' AllowedPattern is not a valid regular expression.`);
  }
}

const isList = (type: string): boolean => type === "CommaDelimitedList" || type.startsWith("List<");

const elements = (value: string): string[] => (value === "" ? [] : value.split(",").map((each) => each.trim()));

/** @throws AwsError ValidationError */
function checkValue(name: string, definition: ParameterDefinition, value: string): void {
  const wrong = isList(definition.type)
    ? elements(value)
        .map((each) => problem({ ...definition, minLength: undefined, maxLength: undefined }, each))
        .find(Boolean)
    : problem(definition, value);
  if (wrong === undefined) return;
  throw validationError(
    definition.constraintDescription === undefined
      ? `Parameter '${name}' ${wrong}`
      : `Parameter ${name} failed to satisfy constraint: ${definition.constraintDescription}`,
  );
}

function problem(definition: ParameterDefinition, value: string): string | undefined {
  const { type, allowedValues, allowedPattern, minLength, maxLength, minValue, maxValue } = definition;
  if (type === "Number" || type === "List<Number>") {
    const number = value.trim() === "" ? NaN : Number(value);
    if (Number.isNaN(number)) return "must be a number";
    if (minValue !== undefined && number < minValue) return `must be a number not less than ${minValue}`;
    if (maxValue !== undefined && number > maxValue) return `must be a number not greater than ${maxValue}`;
  }
  if (allowedValues && !allowedValues.includes(value)) return "must be one of AllowedValues";
  if (allowedPattern && !allowedPattern.test(value)) return `must match pattern ${allowedPattern.source.slice(4, -2)}`;
  if (minLength !== undefined && value.length < minLength) return `must contain at least ${minLength} characters`;
  if (maxLength !== undefined && value.length > maxLength) return `must contain at most ${maxLength} characters`;
  return undefined;
}

/**
 * The value of every parameter of the template, as text: given, kept from before, or by default.
 * @throws AwsError ValidationError
 */
export function resolveParameters(
  definitions: ReadonlyMap<string, ParameterDefinition>,
  given: readonly ParameterInput[],
  previous: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const values: Record<string, string> = {};
  const extraneous = given.map(({ ParameterKey }) => ParameterKey ?? "").filter((key) => !definitions.has(key));
  if (extraneous.length > 0)
    throw validationError(`Parameters: [${extraneous.join(", ")}] do not exist in the template`);
  for (const input of given) {
    const key = input.ParameterKey ?? "";
    if (Object.hasOwn(values, key)) throw validationError(`Duplicate value for parameter key ${key}`);
    values[key] = givenValue(key, input, previous);
  }
  const missing: string[] = [];
  for (const [name, definition] of definitions) {
    const value = Object.hasOwn(values, name) ? values[name] : definition.default;
    if (value === undefined) missing.push(name);
    else {
      checkValue(name, definition, value);
      values[name] = value;
    }
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(", ")}] must have values`);
  return values;
}

function givenValue(
  key: string,
  input: ParameterInput,
  previous: Readonly<Record<string, string>> | undefined,
): string {
  if (!input.UsePreviousValue) {
    if (input.ParameterValue !== undefined) return input.ParameterValue;
    throw validationError(`Parameters: [${key}] must have values`);
  }
  if (input.ParameterValue !== undefined && input.ParameterValue !== "") {
    throw validationError(
      `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
    );
  }
  const value = previous && Object.hasOwn(previous, key) ? previous[key] : undefined;
  if (value === undefined) {
    throw validationError(
      `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
    );
  }
  return value;
}

/**
 * What Ref of a parameter answers: a list for the list types.
 * @param resolved the value behind a parameter that names one of Systems Manager
 */
export function parameterReference(
  definition: Pick<ParameterDefinition, "type">,
  value: string,
  resolved?: string,
): string | string[] {
  const behind = ssmValueType(definition.type);
  if (behind !== undefined) return parameterReference({ type: behind }, resolved ?? "");
  return isList(definition.type) ? elements(value) : definition.type === "Number" ? value.trim() : value;
}
