import { isConditionOperator } from "../../emulator/authorization/condition.ts";
import { isObject, parseDocument } from "../../emulator/authorization/document.ts";
import { malformedPolicy } from "./errors.ts";

/** Where a document is put: a managed policy, one of a role or session itself, or what says who may take on a role. */
export type Kind = "managed" | "inline" | "trust";

export interface PolicyDocument {
  readonly version: string | undefined;
  readonly statements: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly sid: string | undefined;
  readonly effect: string;
  /** Of Action or NotAction; undefined where there is neither. */
  readonly actions: readonly string[] | undefined;
  /** Of Resource or NotResource. */
  readonly resources: readonly string[] | undefined;
  /** Of Principal or NotPrincipal. */
  readonly principal: unknown;
  /** What its conditions compare dates with. */
  readonly dates: readonly string[];
}

const VERSIONS: readonly unknown[] = [undefined, "2012-10-17", "2008-10-17"];
const FIELDS = ["Version", "Id", "Statement"];
const STATEMENT_FIELDS = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];

export const syntaxError = () => malformedPolicy("Syntax errors in policy.");

const isAbsentOrText = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === "string";

/**
 * Reads a document by the grammar of policies; whether what it says is possible is not looked at.
 * @throws MalformedPolicyDocument
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function readPolicyDocument(text: string, kind: Kind): PolicyDocument {
  const document = parseDocument(text);
  if (!document) throw kind === "trust" ? malformedPolicy("This policy contains invalid Json") : syntaxError();
  const unknown = Object.keys(document).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) throw kind === "trust" ? malformedPolicy(`Unknown field ${unknown}`) : syntaxError();
  if (!VERSIONS.includes(document["Version"]) || !isAbsentOrText(document["Id"])) throw syntaxError();
  const statements = [document["Statement"] ?? []].flat().map(readStatement);
  if (statements.length === 0) throw syntaxError();
  return { version: document["Version"] as string | undefined, statements };
}

function readStatement(given: unknown): PolicyStatement {
  if (!isObject(given) || Object.keys(given).some((key) => !STATEMENT_FIELDS.includes(key))) throw syntaxError();
  const { Sid: sid, Effect: effect, Condition: condition } = given;
  if (!isAbsentOrText(sid)) throw syntaxError();
  if (typeof effect !== "string" || !/^(?:allow|deny)$/i.test(effect)) throw syntaxError();
  return {
    sid,
    effect,
    actions: texts(oneOf(given, "Action", "NotAction")),
    resources: texts(oneOf(given, "Resource", "NotResource")),
    principal: oneOf(given, "Principal", "NotPrincipal"),
    dates: condition === undefined ? [] : datesOf(condition),
  };
}

/** Of two members, which say the same with and without a Not, there may be one. */
function oneOf(statement: Readonly<Record<string, unknown>>, yes: string, no: string): unknown {
  if (statement[yes] !== undefined && statement[no] !== undefined) throw syntaxError();
  return statement[yes] === undefined ? statement[no] : statement[yes];
}

/** One text or a list of them, among which null is nothing. */
export function texts(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  if (value === null) throw syntaxError();
  return [value].flat().flatMap((one: unknown) => {
    if (one !== null && typeof one !== "string") throw syntaxError();
    return one ?? [];
  });
}

const VALUES = ["string", "number", "boolean"];

/** An operator that IAM does not know may stand there with nothing to compare. */
function datesOf(condition: unknown): string[] {
  if (!isObject(condition)) throw syntaxError();
  return Object.entries(condition).flatMap(([operator, keys]) => {
    if (!isObject(keys)) throw syntaxError();
    if (Object.keys(keys).length > 0 && !isConditionOperator(operator)) throw syntaxError();
    const values = Object.values(keys).flat();
    if (values.some((value) => !VALUES.includes(typeof value))) throw syntaxError();
    return /^(?:\w+:)?Date/.test(operator) ? values.map(String) : [];
  });
}
