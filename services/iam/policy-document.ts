import { isObject } from "../../emulator/authorization/document.ts";
import { malformedPolicy } from "./errors.ts";
import { type Kind, type PolicyStatement, readPolicyDocument, syntaxError, texts } from "./policy-syntax.ts";
import { isDate, isIncompleteArn, resourceComplaint } from "./policy-values.ts";

const unparseable = () => malformedPolicy("The policy failed legacy parsing");

/**
 * Checks a policy document in IAM's order: its grammar, its version, its values, then what a policy of its kind has to have.
 * What it means is for the evaluation.
 * @throws MalformedPolicyDocument
 */
export function checkPolicyDocument(text: string, kind: Kind): void {
  const { version, statements } = readPolicyDocument(text, kind);
  if (kind === "managed" && version !== "2012-10-17") {
    throw malformedPolicy("Policy document must be version 2012-10-17 or greater.");
  }
  for (const { effect, dates } of statements) {
    if ((effect !== "Allow" && effect !== "Deny") || !dates.every(isDate)) throw unparseable();
  }
  const complaint = resourcesComplaint(statements);
  const sids = statements.flatMap(({ sid = "" }) => (sid === "" ? [] : sid));
  if (new Set(sids).size < sids.length) {
    throw malformedPolicy("Statement IDs (SID) in a single policy must be unique.");
  }
  if (statements.some(({ actions = [] }) => actions.length === 0)) {
    throw malformedPolicy("Policy statement must contain actions.");
  }
  if (complaint !== undefined) throw malformedPolicy(complaint);
  for (const { actions = [] } of statements) actions.forEach(checkAction);
  statements.forEach(kind === "trust" ? checkTrust : checkIdentity);
}

/** A resource that IAM can name the fault of is named last, but spares those behind it from being parsed. */
function resourcesComplaint(statements: readonly PolicyStatement[]): string | undefined {
  let complaint: string | undefined;
  for (const { resources = [] } of statements) {
    complaint ??= resources
      .toSorted()
      .map(resourceComplaint)
      .find((found) => found !== undefined);
    if (complaint === undefined && resources.some(isIncompleteArn)) throw unparseable();
  }
  return complaint;
}

function checkAction(action: string): void {
  const [vendor = "", ...rest] = action.split(":");
  if (rest.length > 1) throw malformedPolicy("Actions/Condition can contain only one colon.");
  if (vendor === "*") return;
  if (rest.length === 0) {
    throw malformedPolicy("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  if (!/^[A-Za-z0-9.-]*$/.test(vendor)) throw malformedPolicy(`Vendor ${vendor} is not valid`);
}

function checkIdentity({ principal, resources = [] }: PolicyStatement): void {
  if (principal !== undefined) throw malformedPolicy("Policy document should not specify a principal.");
  if (resources.length === 0) throw malformedPolicy("Policy statement must contain resources.");
}

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html */
const STS_ACTIONS = [
  "AssumeRole",
  "AssumeRoleWithSAML",
  "AssumeRoleWithWebIdentity",
  "DecodeAuthorizationMessage",
  "GetAccessKeyInfo",
  "GetCallerIdentity",
  "GetFederationToken",
  "GetServiceBearerToken",
  "GetSessionToken",
  "SetContext",
  "SetSourceIdentity",
  "TagSession",
].map((name) => `sts:${name}`.toLowerCase());

const isOfSts = (action: string): boolean =>
  action === "*" || /^sts:.*[*?]/i.test(action) || STS_ACTIONS.includes(action.toLowerCase());

function checkTrust({ principal, resources, actions = [] }: PolicyStatement): void {
  if (resources !== undefined) throw malformedPolicy("Has prohibited field Resource");
  if (principal === undefined) throw malformedPolicy("Missing required field Principal");
  checkPrincipal(principal);
  if (!actions.every(isOfSts)) {
    throw malformedPolicy("AssumeRole policy may only specify STS AssumeRole actions.");
  }
}

const PRINCIPAL_KINDS = new Set(["AWS", "Service", "Federated", "CanonicalUser"]);

function checkPrincipal(principal: unknown): void {
  if (principal === "*") return;
  if (!isObject(principal)) throw syntaxError();
  for (const [kind, names] of Object.entries(principal)) {
    if (!PRINCIPAL_KINDS.has(kind)) throw syntaxError();
    for (const name of texts(names) ?? []) {
      const isKnown = kind !== "AWS" || name === "*" || /^(\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:.+)$/.test(name);
      if (!isKnown || (kind === "AWS" && name !== "*" && name.includes("*"))) {
        throw malformedPolicy(`Invalid principal in policy: "${kind}":"${name}"`);
      }
    }
  }
}

/** As IAM answers documents: percent-encoded by RFC 3986. */
export const encodeDocument = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
