import { isStatement } from "../../emulator/authorization/document.ts";
import { invalidAttributeValue, invalidValue, missingParameter, tooManyActions } from "./errors.ts";
import { queueArn } from "./model.ts";
import type { Queue } from "./model.ts";

interface Statement {
  readonly Sid?: string;
  readonly [member: string]: unknown;
}

interface Policy {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}

const MOST_ACTIONS = 7;
const MOST_POLICY_BYTES = 8_192;
const LABEL = /^[A-Za-z0-9_-]{1,80}$/;

/** The actions that others than the owner can be allowed by AddPermission. */
const SHARED_ACTIONS: readonly string[] = [
  "*",
  "ChangeMessageVisibility",
  "DeleteMessage",
  "GetQueueAttributes",
  "GetQueueUrl",
  "ListDeadLetterSourceQueues",
  "PurgeQueue",
  "ReceiveMessage",
  "SendMessage",
];

/** A policy document, to the letter. @throws InvalidAttributeValue */
export function checkPolicy(text: string): string {
  if (Buffer.byteLength(text) > MOST_POLICY_BYTES) throw invalidAttributeValue("Policy");
  if (statementsOf(text)?.Statement.every(isStatement) !== true) throw invalidAttributeValue("Policy");
  return text;
}

function statementsOf(text: string): Policy | undefined {
  try {
    const policy = JSON.parse(text) as { Version?: unknown; Statement?: unknown } | null;
    if (typeof policy !== "object" || policy === null || policy.Statement === undefined) return undefined;
    const statements = [policy.Statement].flat() as unknown[];
    const areWhole = statements.every(
      (one) =>
        typeof one === "object" && one !== null && ["Allow", "Deny"].includes(String((one as Statement)["Effect"])),
    );
    return areWhole && statements.length > 0 ? ({ ...policy, Statement: statements } as Policy) : undefined;
  } catch {
    return undefined;
  }
}

/** The policy of a queue with a statement more. @throws InvalidParameterValue, MissingParameter, OverLimit */
export function withPermission(
  queue: Queue,
  label: string,
  accounts: readonly string[] | undefined,
  actions: readonly string[] | undefined,
): string {
  if (!LABEL.test(label))
    throw invalidValue(label, "Label", "Must be alphanumeric, hyphens or underscores. 1 to 80 in length.");
  if (!actions?.length) throw missingParameter("Actions");
  if (!accounts?.length) throw invalidValue("[]", "PrincipalId", "Unable to verify.");
  if (actions.length > MOST_ACTIONS) throw tooManyActions(actions.length);
  const refused = actions.find((action) => !SHARED_ACTIONS.includes(action));
  if (refused !== undefined) {
    throw invalidValue(`SQS:${refused}`, "ActionName", "Only the queue owner is allowed to invoke this action.");
  }
  const unknown = accounts.find((account) => !/^\d{12}$/.test(account));
  if (unknown !== undefined) throw invalidValue(`[${unknown}]`, "PrincipalId", "Unable to verify.");
  const arn = queueArn(queue);
  const policy = policyOf(queue) ?? { Version: "2008-10-17", Id: `${arn}/SQSDefaultPolicy`, Statement: [] };
  if (policy.Statement.some(({ Sid }) => Sid === label)) throw invalidValue(label, "Label", "Already exists.");
  const statement = {
    Sid: label,
    Effect: "Allow",
    Principal: { AWS: oneOrMore(accounts.map((account) => `arn:aws:iam::${account}:root`)) },
    Action: oneOrMore(actions.map((action) => `SQS:${action}`)),
    Resource: arn,
  };
  return JSON.stringify({ ...policy, Statement: [...policy.Statement, statement] });
}

/** The policy of a queue without a statement; undefined: nothing is left. @throws InvalidParameterValue */
export function withoutPermission(queue: Queue, label: string): string | undefined {
  const policy = policyOf(queue);
  const rest = policy?.Statement.filter(({ Sid }) => Sid !== label) ?? [];
  if (!policy || rest.length === policy.Statement.length) {
    throw invalidValue(label, "Label", "can't find label on existing policy.");
  }
  return rest.length === 0 ? undefined : JSON.stringify({ ...policy, Statement: rest });
}

const policyOf = ({ attributes }: Queue): Policy | undefined =>
  attributes.Policy === undefined ? undefined : statementsOf(attributes.Policy);

const oneOrMore = (values: readonly string[]): string | readonly string[] =>
  values.length === 1 ? (values[0] ?? "") : values;
