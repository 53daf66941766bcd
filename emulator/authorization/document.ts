import { isConditionOperator } from "./condition.ts";

/** What the documents of all services' resource policies have in common; each service words its own refusals. */

export type Json = Readonly<Record<string, unknown>>;

const VERSIONS: readonly unknown[] = [undefined, "2012-10-17", "2008-10-17"];
const PRINCIPALS = ["AWS", "Service", "Federated", "CanonicalUser"];

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @returns undefined for what is no JSON, and for JSON that is no object */
export function parseDocument(text: string): Json | undefined {
  try {
    const document = JSON.parse(text) as unknown;
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

export const hasKnownVersion = (document: Json): boolean => VERSIONS.includes(document["Version"]);

/** One statement or a list of them. */
export const statementsOf = (document: Json): unknown[] => [document["Statement"] ?? []].flat();

export const isPrincipal = (principal: unknown): boolean =>
  principal === "*" ||
  (isObject(principal) &&
    Object.keys(principal).length > 0 &&
    Object.entries(principal).every(([kind, who]) => PRINCIPALS.includes(kind) && textsOf(who).length > 0));

const isCondition = (condition: unknown): boolean =>
  isObject(condition) &&
  Object.entries(condition).every(([operator, keys]) => isObject(keys) && isConditionOperator(operator));

/** One of two members, which say the same with and without a Not; undefined: there are both or neither. */
const oneOf = (yes: unknown, no: unknown): unknown => (yes === undefined ? no : no === undefined ? yes : undefined);

/** Whether a statement can be evaluated. It may be about no resource of its own: then it is about the one that has the policy. */
export function isStatement(statement: unknown): statement is Json {
  if (!isObject(statement)) return false;
  const { Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement;
  const isOfAll = Resource === undefined && NotResource === undefined;
  return (
    (Effect === "Allow" || Effect === "Deny") &&
    isPrincipal(oneOf(Principal, NotPrincipal)) &&
    textsOf(oneOf(Action, NotAction)).length > 0 &&
    (isOfAll || textsOf(oneOf(Resource, NotResource)).length > 0) &&
    (Condition === undefined || isCondition(Condition))
  );
}

/** One text or a list of them; nothing where there is anything else. */
export function textsOf(value: unknown): string[] {
  const values = [value ?? []].flat();
  return values.every((one) => typeof one === "string") ? values : [];
}
