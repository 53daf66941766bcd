import type { AddPermissionRequest } from "@aws-sdk/client-lambda";
import { functionArn, parseReference } from "./arn.ts";
import { functionNotFound, invalidParameter } from "./errors.ts";
import { isVersion } from "./arn.ts";
import { LATEST, type Policy, type Statement } from "./model.ts";
import type { LambdaStore } from "./store.ts";

export interface PolicyPlace {
  readonly name: string;
  /** Version or alias; the function itself without. */
  readonly qualifier?: string;
  readonly arn: string;
}

/** What a policy is attached to. @throws ResourceNotFoundException, InvalidParameterValueException for `$LATEST` */
export function requirePolicyPlace(store: LambdaStore, reference: string, asked?: string): PolicyPlace {
  const { name, qualifier } = parseReference(store.scope, reference, asked);
  const arn = functionArn(store.scope, name, qualifier);
  if (!store.entry(name)) throw functionNotFound(arn);
  if (qualifier === undefined) return { name, arn };
  if (qualifier === LATEST) throw invalidParameter("We currently do not support adding policies for $LATEST.");
  const exists = isVersion(qualifier) ? store.version(name, qualifier) : store.alias(name, qualifier);
  if (!exists) throw functionNotFound(arn);
  return { name, qualifier, arn };
}

function principalOf(principal: string): Statement["Principal"] {
  if (principal === "*") return "*";
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  if (principal.startsWith("arn:")) return { AWS: principal };
  if (principal.includes(".")) return { Service: principal };
  throw invalidParameter("The provided principal was invalid. Please check the principal and try again.");
}

/** The statement that AddPermission's members stand for. */
export function statementOf(arn: string, input: AddPermissionRequest): Statement {
  const equals = {
    ...(input.SourceAccount !== undefined && { "AWS:SourceAccount": input.SourceAccount }),
    ...(input.EventSourceToken !== undefined && { "lambda:EventSourceToken": input.EventSourceToken }),
    ...(input.PrincipalOrgID !== undefined && { "aws:PrincipalOrgID": input.PrincipalOrgID }),
  };
  const condition = {
    ...(Object.keys(equals).length > 0 && { StringEquals: equals }),
    ...(input.SourceArn !== undefined && { ArnLike: { "AWS:SourceArn": input.SourceArn } }),
  };
  return {
    Sid: input.StatementId ?? "",
    Effect: "Allow",
    Principal: principalOf(input.Principal ?? ""),
    Action: input.Action ?? "",
    Resource: arn,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

/** The policy of the function, version or alias that an ARN names. */
export function functionPolicy(store: LambdaStore, arn: string): string | undefined {
  const [, , , , , kind, name = "", qualifier] = arn.split(":");
  const policy = kind === "function" ? store.policy(name, qualifier) : undefined;
  return policy && documentOf(policy);
}

/** Documents by their revision: every invocation of a service asks. */
const documents = new Map<string, string>();
const MOST_DOCUMENTS = 1000;

function documentOf({ revisionId, statements }: Policy): string {
  let document = documents.get(revisionId);
  if (document === undefined) {
    document = policyDocument(statements);
    if (documents.size >= MOST_DOCUMENTS) documents.clear();
    documents.set(revisionId, document);
  }
  return document;
}

export const policyDocument = (statements: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements });
