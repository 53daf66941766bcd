import { arnPart, tagConditions, type Access, type AccessScope, type Standing } from "../model/access.ts";
import type {
  Authorization,
  Caller,
  Identities,
  RoleIdentity,
  Session,
  SessionRequest,
} from "../model/authorization.ts";
import type { Principal } from "../model/context.ts";
import { AwsError, type CommonError } from "../model/errors.ts";
import type { Service } from "../model/service.ts";
import type { Clock } from "../runtime/clock.ts";
import { decide, decideTrust } from "./decision.ts";
import { compilePolicy, type Policy } from "./policy.ts";
import { ConditionedRequest, type Tags } from "./request.ts";
import { wordRefusal } from "./wording.ts";

/** The policies of one role, compiled. */
interface RolePolicies {
  readonly identity: Policy;
  readonly boundary: Policy | undefined;
  readonly trust: Policy;
}

/** How many documents of resources and sessions stay compiled. */
const MOST_COMPILED = 1_000;

const DENIED: Readonly<Record<Service["protocol"], CommonError>> = {
  json: { code: "AccessDeniedException", status: 400 },
  restJson: { code: "AccessDeniedException", status: 403 },
  query: { code: "AccessDenied", status: 403 },
  restXml: { code: "AccessDenied", status: 403 },
};

/** What S3 tells callers of other accounts and those without one. */
const WITHOUT_REASON = "Access Denied";

const TRUST_DENIED: CommonError = { code: "AccessDenied", status: 403 };

/** Holds calls against the policies of their callers and of the resources that they are about. */
export class Authorizer implements Authorization {
  readonly enforced: boolean;
  readonly #identities: Identities;
  readonly #resourcePolicy: (arn: string, scope: AccessScope) => string | undefined;
  readonly #resourceTags: (arn: string, scope: AccessScope) => Tags | undefined;
  readonly #standing: (access: Access, principal: Principal, scope: AccessScope) => Standing | undefined;
  readonly #storeOf: (service: Service, scope: AccessScope) => unknown;
  readonly #clock: Clock;
  readonly #ofRoles = new WeakMap<RoleIdentity, RolePolicies>();
  readonly #compiled = new Map<string, Policy>();
  readonly #actions = new Map<string, string>();

  constructor(options: {
    enforced: boolean;
    identities: Identities;
    /** The policy of whatever resource an ARN names. */
    resourcePolicy: (arn: string, scope: AccessScope) => string | undefined;
    /** The tags of whatever resource an ARN names. */
    resourceTags: (arn: string, scope: AccessScope) => Tags | undefined;
    /** What is to be known of a resource whose ARN does not name its account. */
    standing: (access: Access, principal: Principal, scope: AccessScope) => Standing | undefined;
    storeOf: (service: Service, scope: AccessScope) => unknown;
    clock: Clock;
  }) {
    this.enforced = options.enforced;
    this.#identities = options.identities;
    this.#resourcePolicy = options.resourcePolicy;
    this.#resourceTags = options.resourceTags;
    this.#standing = options.standing;
    this.#storeOf = options.storeOf;
    this.#clock = options.clock;
  }

  /** @throws AwsError, the refusal as the service words it */
  authorize(service: Service, operation: string, input: object, caller: Caller): void {
    const { principal, region } = caller;
    if (!this.enforced) return;
    const account = service.ownerOf?.(operation, input as Record<string, unknown>) ?? principal.account;
    const prefix = service.access?.prefix ?? service.name;
    const rule = (service.access?.rules as Rules | undefined)?.[operation];
    const scope = { account, region };
    const needed = rule?.(input, scope, this.#storeOf(service, scope)) ?? "*";
    const accesses = typeof needed === "string" ? [{ action: `${prefix}:${operation}`, resource: needed }] : needed;
    for (const access of accesses) {
      const refusal = this.refusal(caller, access);
      if (refusal !== undefined) throw new AwsError(service.access?.denied ?? DENIED[service.protocol], refusal);
    }
  }

  refusal(caller: Caller, access: Access): string | undefined {
    if (!this.enforced) return undefined;
    const { principal, region } = caller;
    const standing = this.#standing(access, principal, { account: principal.account, region });
    const crossAccount = standing
      ? standing.owner !== principal.account
      : isForeign(access.resource, principal.account);
    // an account's root may do everything there; what is another's asks for that one's policy
    if (principal.type === "root" && !crossAccount && !standing?.bindsRoot) return undefined;
    const about = standing ? { ...access, conditions: { ...standing.conditions(), ...access.conditions } } : access;
    const role = principal.type === "assumed-role" ? this.#identities.role(principal.roleArn) : undefined;
    const own = role && this.#policiesOf(role);
    const refusal = decide(this.#conditioned(caller, about, role), {
      identity: own?.identity,
      boundary: own?.boundary,
      session: this.#sessionPolicy(principal),
      resource: this.#policyOf(access, caller),
      granted: standing?.granted,
      policyAllows: standing?.policyAllows,
      crossAccount,
    });
    if (!refusal) return undefined;
    return standing && crossAccount ? WITHOUT_REASON : wordRefusal(principal.arn, access, refusal);
  }

  assume({ roleArn, sessionName, caller, externalId, policies, tags }: SessionRequest): Session {
    const role = this.#identities.role(roleArn);
    const access: Access = {
      action: "sts:AssumeRole",
      resource: roleArn,
      conditions: {
        "sts:RoleSessionName": sessionName,
        ...(externalId !== undefined && { "sts:ExternalId": externalId }),
        ...tagConditions(tags),
      },
    };
    if (!role) throw new AwsError(TRUST_DENIED, wordRefusal(caller.principal.arn, access));
    this.#checkTrust(caller, role, access);
    if (tags && Object.keys(tags).length > 0) this.#checkTrust(caller, role, { ...access, action: "sts:TagSession" });
    return {
      role,
      principal: {
        type: "assumed-role",
        account: role.account,
        arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${sessionName}`,
        roleArn: role.arn,
        userId: `${role.id}:${sessionName}`,
        ...(policies && policies.length > 0 && { policies }),
        ...(tags && { tags }),
      },
    };
  }

  managedPolicy(account: string, arn: string): string | undefined {
    return this.#identities.managedPolicy(account, arn);
  }

  #checkTrust(caller: Caller, role: RoleIdentity, access: Access): void {
    if (!this.enforced) return;
    const { principal } = caller;
    const identity = principal.type === "assumed-role" ? this.#identities.role(principal.roleArn) : undefined;
    const own = identity && this.#policiesOf(identity);
    const refusal = decideTrust(this.#conditioned(caller, access, identity), {
      identity: own?.identity,
      boundary: own?.boundary,
      session: this.#sessionPolicy(principal),
      resource: this.#policiesOf(role).trust,
      crossAccount: principal.type !== "service" && principal.account !== role.account,
    });
    if (refusal) throw new AwsError(TRUST_DENIED, wordRefusal(principal.arn, access, refusal, "role trust policy"));
  }

  #conditioned(caller: Caller, access: Access, role: RoleIdentity | undefined): ConditionedRequest {
    const scope = { account: caller.principal.account, region: caller.region };
    return new ConditionedRequest(caller, this.#lower(access.action), access, role, {
      clock: this.#clock,
      resourceTags: () => this.#resourceTags(access.resource, scope),
    });
  }

  #sessionPolicy(principal: Principal): Policy | undefined {
    return principal.type === "assumed-role" && principal.policies ? this.#compile(principal.policies) : undefined;
  }

  #policiesOf(role: RoleIdentity): RolePolicies {
    let policies = this.#ofRoles.get(role);
    if (!policies) {
      policies = {
        identity: compilePolicy(role.policies),
        boundary: role.boundary === undefined ? undefined : compilePolicy([role.boundary]),
        trust: compilePolicy([role.trustPolicy]),
      };
      this.#ofRoles.set(role, policies);
    }
    return policies;
  }

  #policyOf({ resource, policy }: Access, { principal, region }: Caller): Policy | undefined {
    const text = policy ?? this.#resourcePolicy(resource, { account: principal.account, region });
    return text === undefined ? undefined : this.#compile([text]);
  }

  #compile(texts: readonly string[]): Policy {
    const key = texts.length === 1 ? (texts[0] ?? "") : JSON.stringify(texts);
    let policy = this.#compiled.get(key);
    if (!policy) {
      policy = compilePolicy(texts);
      const [oldest] = this.#compiled.keys();
      if (this.#compiled.size >= MOST_COMPILED && oldest !== undefined) this.#compiled.delete(oldest);
      this.#compiled.set(key, policy);
    }
    return policy;
  }

  /** Actions are compared without regard to case; there are as many as services know. */
  #lower(action: string): string {
    let lower = this.#actions.get(action);
    if (lower === undefined) this.#actions.set(action, (lower = action.toLowerCase()));
    return lower;
  }
}

type Rule = (input: object, scope: AccessScope, store: unknown) => string | readonly Access[];
type Rules = Readonly<Record<string, Rule | undefined>>;

function isForeign(arn: string, account: string): boolean {
  if (!arn.startsWith("arn:")) return false;
  const owner = arnPart(arn, 4);
  return owner !== account && owner !== "" && owner !== "aws";
}
