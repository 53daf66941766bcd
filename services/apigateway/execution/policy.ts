import type { Principal } from "../../../emulator/model/context.ts";
import { decide, type AccessRequest } from "../../../emulator/authorization/decision.ts";
import { compilePolicy } from "../../../emulator/authorization/policy.ts";
import { cachedByText } from "../../../emulator/runtime/cached-by-text.ts";

/** What a policy says of an invocation; `none`: nothing. */
export type Verdict = "allow" | "deny" | "none";

export interface PolicyQuestion {
  /** ARN of the invoked method. */
  readonly resource: string;
  readonly principal: Principal;
  /** By condition key in lower case. */
  readonly conditions: Readonly<Record<string, string | undefined>>;
}

const policyOf = cachedByText((text) => compilePolicy([text]));

const requestOf = ({ principal, resource, conditions }: PolicyQuestion): AccessRequest => ({
  principal,
  action: "execute-api:invoke",
  resource,
  values: (key) => {
    const value = Object.hasOwn(conditions, key) ? conditions[key] : undefined;
    return value === undefined ? undefined : [value];
  },
});

/** Nobody in particular, whom a policy names with `*` only. */
export const anonymous = (account: string): Principal => ({
  type: "service",
  account,
  service: "anonymous",
  arn: "anonymous",
  userId: "anonymous",
});

/** A policy that an authorizer answered: it speaks of its caller. @throws Error for a document that cannot be read */
export function identityVerdict(document: string, question: PolicyQuestion): Verdict {
  const principal: Principal = {
    type: "assumed-role",
    account: question.principal.account,
    arn: "authorizer",
    roleArn: "authorizer",
    userId: "authorizer",
  };
  const refusal = decide(requestOf({ ...question, principal }), { identity: policyOf(document), crossAccount: false });
  if (!refusal) return "allow";
  return refusal.explicit ? "deny" : "none";
}

/** The resource policy of an API. */
export function resourceVerdict(document: string, question: PolicyQuestion): Verdict {
  const { principal } = question;
  // asked as a service, so that the policy alone decides
  const refusal = decide(requestOf(question), {
    resource: policyOf(document),
    crossAccount: principal.type !== "service",
  });
  if (refusal?.explicit) return "deny";
  // what a caller's own policies lack is no matter of this policy
  return refusal && refusal.by === "resource" ? "none" : "allow";
}

/** Stages stand in place of `execute-api:/` and `execute-api:/*` in a policy as it is written. */
export const expandPolicy = (policy: string, prefix: string): string =>
  policy.replaceAll(/"execute-api:\/([^"]*)"/g, (_whole, rest: string) => `"${prefix}/${rest}"`);
