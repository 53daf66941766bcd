import { isStatement, textsOf } from "../../emulator/authorization/document.ts";
import { parseTopicArn } from "./arn.ts";
import { invalidParameter } from "./errors.ts";

type Json = Record<string, unknown>;

interface Statement extends Json {
  readonly Sid?: string;
}

interface PolicyDocument extends Json {
  readonly Statement: readonly Statement[];
}

const LARGEST_BYTES = 30 * 1024;

/** The actions that a topic's policy can name; its owner's default policy allows the first eight. */
const OWNER_ACTIONS = [
  "GetTopicAttributes",
  "SetTopicAttributes",
  "AddPermission",
  "RemovePermission",
  "DeleteTopic",
  "Subscribe",
  "ListSubscriptionsByTopic",
  "Publish",
];
const ACTIONS = new Set(
  [
    ...OWNER_ACTIONS,
    "Receive",
    "GetDataProtectionPolicy",
    "PutDataProtectionPolicy",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
    "*",
  ].map((name) => name.toLowerCase()),
);

/** What a topic has until somebody sets its policy: whoever its owner's own policies allow. */
export const defaultPolicy = (topicArn: string): string =>
  JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: OWNER_ACTIONS.map((action) => `SNS:${action}`),
        Resource: topicArn,
        Condition: { StringEquals: { "AWS:SourceOwner": parseTopicArn(topicArn).account } },
      },
    ],
  });

/**
 * Checks the form of a topic's policy; what it allows is for the evaluation of each call.
 * @throws InvalidParameter
 */
export function checkPolicy(text: string, prefix = ""): void {
  const malformed = () => invalidParameter(`${prefix}Policy Error: null`);
  if (Buffer.byteLength(text) > LARGEST_BYTES) throw invalidParameter(`${prefix}Policy Error: the policy is too large`);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformed();
  }
  if (!isObject(document)) throw malformed();
  if (document.Version !== undefined && document.Version !== "2008-10-17" && document.Version !== "2012-10-17")
    throw malformed();
  const statements: unknown[] = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  const sids = statements.map((statement) => checkStatement(statement, prefix, malformed));
  const named = sids.filter((sid) => sid !== undefined);
  if (new Set(named).size < named.length) throw malformed();
}

function checkStatement(raw: unknown, prefix: string, malformed: () => Error): unknown {
  if (!isStatement(raw)) throw malformed();
  for (const action of textsOf(raw["Action"] ?? raw["NotAction"])) {
    const [service = "", name = ""] = action.split(":");
    const known = ACTIONS.has(name.toLowerCase()) || name.includes("*") || name.includes("?");
    if (action !== "*" && (service.toLowerCase() !== "sns" || !known)) {
      throw invalidParameter(`${prefix}Policy statement action out of service scope!`);
    }
  }
  return raw["Sid"];
}

/** The policy with a statement more. @throws InvalidParameter */
export function withPermission(
  policy: string,
  topicArn: string,
  { label, accounts, actions }: { label: string; accounts: readonly string[]; actions: readonly string[] },
): string {
  const document = JSON.parse(policy) as PolicyDocument;
  const statements = [document.Statement].flat();
  if (statements.some(({ Sid }) => Sid === label)) throw invalidParameter("Statement already exists");
  if (!actions.every((action) => ACTIONS.has(action.toLowerCase()) && action !== "")) {
    throw invalidParameter("Policy statement action out of service scope!");
  }
  const principals = accounts.map((account) => `arn:aws:iam::${account}:root`);
  const names = actions.map((action) => `SNS:${action}`);
  const statement = {
    Sid: label,
    Effect: "Allow",
    Principal: { AWS: principals.length === 1 ? principals[0] : principals },
    Action: names.length === 1 ? names[0] : names,
    Resource: topicArn,
  };
  return JSON.stringify({ ...document, Statement: [...statements, statement] });
}

export function withoutPermission(policy: string, label: string): string {
  const document = JSON.parse(policy) as PolicyDocument;
  return JSON.stringify({ ...document, Statement: [document.Statement].flat().filter(({ Sid }) => Sid !== label) });
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
