import type { Principal } from "../model/context.ts";
import type { ConditionContext } from "./condition.ts";
import type { Policy } from "./policy.ts";
import type { Named } from "./principal.ts";

/** What a caller asks for. */
export interface AccessRequest extends ConditionContext {
  readonly principal: Principal;
  /** In lower case. */
  readonly action: string;
  readonly resource: string;
}

/** The policies that a request is held against. A boundary and policies of the session limit; without them nothing does. */
export interface Policies {
  readonly identity?: Policy | undefined;
  readonly boundary?: Policy | undefined;
  readonly session?: Policy | undefined;
  /** Of the resource; of a role, its trust policy. */
  readonly resource?: Policy | undefined;
  /** How an access control list of the resource allows it to the caller. */
  readonly granted?: "no" | "account" | "role" | undefined;
  /** False: what the resource's policy allows does not count. */
  readonly policyAllows?: boolean | undefined;
  /** Whether the resource belongs to another account: then its policy has to allow the call too. */
  readonly crossAccount: boolean;
}

export type PolicyKind = "identity" | "boundary" | "session" | "resource";

/** Undefined: allowed. */
export type Refusal = { readonly explicit: boolean; readonly by: PolicyKind } | undefined;

type Verdict = "deny" | "none" | Exclude<Named, "no">;
type Verdicts = Readonly<Record<PolicyKind, Verdict>>;

const STRENGTH: Readonly<Record<Verdict, number>> = { deny: 0, none: 0, account: 1, role: 2, exactly: 3 };

/** What one policy says of a request; of a resource's policy, how it names the caller. */
function verdictOf(policy: Policy, request: AccessRequest): Verdict {
  const variables = (name: string): string | undefined => {
    const values = request.values(name);
    return values?.length === 1 ? values[0] : undefined;
  };
  let best: Verdict = "none";
  for (const statement of policy.about(request.action)) {
    const named = statement.principal === undefined ? "exactly" : statement.principal(request.principal);
    if (named === "no" || (statement.effect === "Allow" && STRENGTH[named] <= STRENGTH[best])) continue;
    if (!statement.coversResource(request.resource, variables)) continue;
    if (!statement.conditions.every((condition) => condition.holds(request, variables))) continue;
    if (statement.effect === "Deny") return "deny";
    best = named;
  }
  return best;
}

const verdictsOf = (request: AccessRequest, policies: Policies): Verdicts => ({
  // root has no policies and may do everything
  identity:
    request.principal.type === "root" ? "exactly" : policies.identity ? verdictOf(policies.identity, request) : "none",
  boundary: policies.boundary ? verdictOf(policies.boundary, request) : "exactly",
  session: policies.session ? verdictOf(policies.session, request) : "exactly",
  resource: resourceVerdict(request, policies),
});

/** What the resource says of a request: by its policy, and where that does not allow it, by its access control list. */
function resourceVerdict(request: AccessRequest, { resource, granted = "no", policyAllows = true }: Policies): Verdict {
  const ofPolicy = resource ? verdictOf(resource, request) : "none";
  if (ofPolicy === "deny" || (policyAllows && ofPolicy !== "none")) return ofPolicy;
  return granted === "no" ? "none" : granted;
}

/** Those who have no policies of their own: what the resource allows them is all. */
const hasNoIdentity = ({ principal }: AccessRequest): boolean =>
  principal.type === "service" || principal.type === "anonymous";

/**
 * Whether a request is allowed: a Deny anywhere ends it, then something has to allow it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(request: AccessRequest, policies: Policies): Refusal {
  const verdicts = verdictsOf(request, policies);
  return (
    denied(verdicts) ??
    (policies.crossAccount || hasNoIdentity(request) ? resourceSilent(verdicts) : undefined) ??
    notAllowed(request, verdicts, policies.crossAccount)
  );
}

/**
 * Whether a caller may take on a role: its trust policy has to name the caller; where it names the account only, the caller's own
 * policies have to allow it too.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html
 */
export function decideTrust(request: AccessRequest, policies: Policies): Refusal {
  const verdicts = verdictsOf(request, policies);
  return denied(verdicts) ?? resourceSilent(verdicts) ?? notAllowed(request, verdicts, policies.crossAccount);
}

const ORDER: readonly PolicyKind[] = ["identity", "boundary", "session", "resource"];

function denied(verdicts: Verdicts): Refusal {
  const by = ORDER.find((kind) => verdicts[kind] === "deny");
  return by && { explicit: true, by };
}

const resourceSilent = ({ resource }: Verdicts): Refusal =>
  resource === "none" ? { explicit: false, by: "resource" } : undefined;

/** What the caller's own policies lack. What a resource allows to a session itself needs none of them, in its account. */
function notAllowed(request: AccessRequest, verdicts: Verdicts, crossAccount: boolean): Refusal {
  if (hasNoIdentity(request) || (verdicts.resource === "exactly" && !crossAccount)) return undefined;
  if (verdicts.identity === "none" && (crossAccount || verdicts.resource !== "role")) {
    return { explicit: false, by: "identity" };
  }
  const by = (["boundary", "session"] as const).find((kind) => verdicts[kind] === "none");
  return by && { explicit: false, by };
}
