import type { Call } from "../../../emulator/model/context.ts";
import { fetchValues } from "./ssm-parameters.ts";
import { type Evaluated, isObject, type Json } from "./value.ts";

const REFERENCE = /\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]*)\}\}/g;
const SSM_NAME = /^[a-zA-Z0-9_.\-/]+(:\d+)?$/;

type Properties = { readonly [name: string]: Json };

export const hasDynamicReference = (value: unknown): boolean =>
  typeof value === "string" && value.includes("{{resolve:") && [...value.matchAll(REFERENCE)].length > 0;

/** The dynamic references in a value, at any depth, with the place of each: `Environment/Variables/KEY`. */
function* referencesIn(
  value: Evaluated | undefined,
  path: string,
): Generator<{ service: string; key: string; path: string }> {
  if (typeof value === "string") {
    for (const [, service = "", key = ""] of value.matchAll(REFERENCE)) yield { service, key, path };
  } else if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) yield* referencesIn(each, `${path}/${index}`);
  } else if (isObject(value)) {
    for (const [name, each] of Object.entries(value)) yield* referencesIn(each, `${path}/${name}`);
  }
}

/** What is wrong with the dynamic references of a resource's properties; undefined where nothing is. */
export function dynamicReferenceComplaint(
  type: string,
  properties: { readonly [name: string]: Evaluated },
): { readonly text: string; readonly refused?: true } | undefined {
  for (const [name, value] of Object.entries(properties)) {
    for (const { service, key, path } of referencesIn(value, name)) {
      if (service === "ssm-secure")
        return { text: `SSM Secure reference is not supported in: [${type}/Properties/${path}]` };
      if (service === "secretsmanager") {
        return {
          text: `${path.replaceAll("/", ".")} with a dynamic reference to Secrets Manager is not supported by Headwater`,
          refused: true,
        };
      }
      if (!SSM_NAME.test(key)) {
        return { text: `Incorrect format is used in the following SSM reference: [{{resolve:${service}:${key}}}]` };
      }
    }
  }
  return undefined;
}

/** The properties with the values of their dynamic references, as Parameter Store has them now. */
export interface Dereferenced {
  readonly properties: Properties;
  /** Those that had references, as they were. */
  readonly unresolved: Properties;
}

/** @throws Error in CloudFormation's words for parameters that are not there, or that are SecureStrings */
export async function dereference(call: Call, properties: Properties): Promise<Dereferenced> {
  const keys = Object.values(properties).flatMap((value) => [...referencesIn(value, "")].map(({ key }) => key));
  if (keys.length === 0) return { properties, unresolved: {} };
  const values = await fetchValues(call, [...new Set(keys)]);
  const missing = keys.filter((key) => !values.has(key));
  if (missing.length > 0)
    throw new Error(`Parameters: [${missing.map((key) => `ssm:${key}`).join(", ")}] cannot be found.`);
  const secure = keys.filter((key) => values.get(key)?.isSecure);
  if (secure.length > 0) throw new Error(`Non-secure ssm prefix was used for secure parameter: [${secure.join(", ")}]`);
  const replaced = (value: Json): Json => {
    if (typeof value === "string") {
      return value.replaceAll(REFERENCE, (_whole, _service: string, key: string) => values.get(key)?.value ?? "");
    }
    if (Array.isArray(value)) return value.map(replaced);
    return isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each)]))
      : value;
  };
  const entries = Object.entries(properties);
  return {
    properties: Object.fromEntries(entries.map(([name, value]) => [name, replaced(value)])),
    unresolved: Object.fromEntries(entries.filter(([name, value]) => [...referencesIn(value, name)].length > 0)),
  };
}
