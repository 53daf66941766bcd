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

export const isCondition = (condition: unknown): boolean =>
  isObject(condition) && Object.values(condition).every(isObject);

/** One text or a list of them; nothing where there is anything else. */
export function textsOf(value: unknown): string[] {
  const values = [value ?? []].flat();
  return values.every((one) => typeof one === "string") ? values : [];
}
