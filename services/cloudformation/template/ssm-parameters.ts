import type { Call } from "../../../emulator/model/context.ts";
import { validationError } from "../errors.ts";
import type { ParameterDefinition } from "./parameters.ts";

const PREFIX = "AWS::SSM::Parameter::";
/** What GetParameters takes at once. */
const MOST_NAMES = 10;

/** A parameter whose value is the name of a parameter of Systems Manager. */
export const isSsmType = (type: string): boolean => type.startsWith(PREFIX);

/** The type of the value behind the name: `List<String>` of `AWS::SSM::Parameter::Value<List<String>>`. */
export const ssmValueType = (type: string): string | undefined =>
  type.startsWith(`${PREFIX}Value<`) ? type.slice(`${PREFIX}Value<`.length, -1) : undefined;

/**
 * The values behind the parameters that name parameters of Systems Manager, as they are now.
 * @throws AwsError ValidationError for names that nothing has, and for SecureStrings
 */
export async function resolveSsmParameters(
  call: Call,
  definitions: ReadonlyMap<string, ParameterDefinition>,
  values: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const asked = [...definitions]
    .filter(([, { type }]) => isSsmType(type))
    .map(([key]) => [key, values[key] ?? ""] as const);
  const found = await fetchValues(call, [...new Set(asked.map(([, name]) => name))]);
  const missing = asked.map(([, name]) => name).filter((name) => !found.has(name));
  if (missing.length > 0) {
    throw validationError(`Unable to fetch parameters [${missing.join(",")}] from parameter store for this account.`);
  }
  const secret = asked.filter(([, name]) => found.get(name)?.isSecure).map(([, name]) => name);
  if (secret.length > 0) {
    throw validationError(
      `Parameters [${secret.join(",")}] referenced by template have types not supported by CloudFormation.`,
    );
  }
  const valued = asked.filter(([key]) => ssmValueType(definitions.get(key)?.type ?? "") !== undefined);
  return Object.fromEntries(valued.map(([key, name]) => [key, found.get(name)?.value ?? ""]));
}

export interface SsmValue {
  readonly value: string;
  readonly isSecure: boolean;
}

/** Values by name, with or without a version behind a colon; what is not there is left out. */
export async function fetchValues(call: Call, names: readonly string[]): Promise<ReadonlyMap<string, SsmValue>> {
  const found = new Map<string, SsmValue>();
  for (let start = 0; start < names.length; start += MOST_NAMES) {
    const { Parameters = [] } = await call("ssm", "GetParameters", { Names: names.slice(start, start + MOST_NAMES) });
    for (const { Name = "", Selector = "", Value: value = "", Type } of Parameters) {
      found.set(`${Name}${Selector}`, { value, isSecure: Type === "SecureString" });
    }
  }
  return found;
}
