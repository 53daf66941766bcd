import { isConditionOperator } from "../../emulator/authorization/condition.ts";
import { malformedPolicy } from "./errors.ts";

const VERSIONS = new Set(["2012-10-17", "2008-10-17"]);

type Kind = "identity" | "trust";

/**
 * Checks the grammar of a policy document; what it means is for the evaluation.
 * @throws MalformedPolicyDocument
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function checkPolicyDocument(text: string, kind: Kind): void {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformedPolicy(kind === "trust" ? "This policy contains invalid Json" : "Syntax errors in policy.");
  }
  if (!isObject(document)) throw malformedPolicy("Syntax errors in policy.");
  const unknown = Object.keys(document).find((key) => !["Version", "Id", "Statement"].includes(key));
  if (unknown !== undefined)
    throw malformedPolicy(kind === "trust" ? `Unknown field ${unknown}` : "Syntax errors in policy.");
  if (document["Version"] !== undefined && !VERSIONS.has(document["Version"] as string)) {
    throw malformedPolicy("Policy document must be version 2012-10-17 or greater.");
  }
  const statements = Array.isArray(document["Statement"])
    ? (document["Statement"] as unknown[])
    : [document["Statement"]];
  if (document["Statement"] === undefined || statements.length === 0) throw malformedPolicy("Syntax errors in policy.");
  for (const statement of statements) checkStatement(statement, kind);
  const sids = statements.flatMap((statement) => (statement as { Sid?: unknown }).Sid ?? []);
  if (new Set(sids).size < sids.length) {
    throw malformedPolicy("Statement IDs (SID) in a single policy must be unique.");
  }
}

const FIELDS = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

function checkStatement(statement: unknown, kind: Kind): void {
  if (!isObject(statement)) throw malformedPolicy("Syntax errors in policy.");
  if (Object.keys(statement).some((key) => !FIELDS.has(key))) throw malformedPolicy("Syntax errors in policy.");
  if (statement["Effect"] !== "Allow" && statement["Effect"] !== "Deny")
    throw malformedPolicy("Syntax errors in policy.");
  const actions = oneOf(statement, "Action", "NotAction");
  if (actions === undefined || texts(actions).length === 0)
    throw malformedPolicy("Policy statement must contain actions.");
  for (const action of texts(actions)) {
    if (action !== "*" && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action)) {
      throw malformedPolicy("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    }
  }
  const principal = oneOf(statement, "Principal", "NotPrincipal");
  const resource = oneOf(statement, "Resource", "NotResource");
  if (kind === "identity") {
    if (principal !== undefined) throw malformedPolicy("Policy document should not specify a principal.");
    if (resource === undefined || texts(resource).length === 0) {
      throw malformedPolicy("Policy statement must contain resources.");
    }
    for (const text of texts(resource)) checkResource(text);
  } else {
    if (resource !== undefined) throw malformedPolicy("Has prohibited field Resource");
    if (principal === undefined) throw malformedPolicy("Missing required field Principal");
    checkPrincipal(principal);
    if (texts(actions).some((action) => !/^(\*|sts:.*)$/i.test(action))) {
      throw malformedPolicy("AssumeRole policy may only specify STS AssumeRole actions.");
    }
  }
  if (statement["Condition"] !== undefined) checkConditions(statement["Condition"]);
}

const PRINCIPAL_KINDS = new Set(["AWS", "Service", "Federated", "CanonicalUser"]);

function checkPrincipal(principal: unknown): void {
  if (principal === "*") return;
  if (!isObject(principal)) throw malformedPolicy("Syntax errors in policy.");
  for (const [kind, names] of Object.entries(principal)) {
    if (!PRINCIPAL_KINDS.has(kind)) throw malformedPolicy("Syntax errors in policy.");
    for (const name of texts(names)) {
      const isKnown = kind !== "AWS" || name === "*" || /^(\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:.+)$/.test(name);
      if (!isKnown || (kind === "AWS" && name !== "*" && name.includes("*"))) {
        throw malformedPolicy(`Invalid principal in policy: "${kind}":"${name}"`);
      }
    }
  }
}

function checkConditions(conditions: unknown): void {
  if (!isObject(conditions)) throw malformedPolicy("Syntax errors in policy.");
  for (const [operator, keys] of Object.entries(conditions)) {
    if (!isConditionOperator(operator)) throw malformedPolicy(`Invalid Condition type : ${operator}.`);
    if (!isObject(keys)) throw malformedPolicy("Syntax errors in policy.");
    for (const values of Object.values(keys)) {
      const list: unknown[] = Array.isArray(values) ? values : [values];
      if (list.some((value) => !["string", "number", "boolean"].includes(typeof value))) {
        throw malformedPolicy("Syntax errors in policy.");
      }
    }
  }
}

function checkResource(text: string): void {
  if (text === "*") return;
  if (!text.startsWith("arn:") && !text.includes("*")) {
    throw malformedPolicy(`Resource ${text} must be in ARN format or "*".`);
  }
}

/** Exactly one of two members, which say the same with and without a Not. */
function oneOf(statement: Record<string, unknown>, yes: string, no: string): unknown {
  if (statement[yes] !== undefined && statement[no] !== undefined) throw malformedPolicy("Syntax errors in policy.");
  return statement[yes] ?? statement[no];
}

function texts(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.some((item) => typeof item !== "string")) throw malformedPolicy("Syntax errors in policy.");
  return list as string[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** As IAM answers documents: percent-encoded by RFC 3986. */
export const encodeDocument = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
