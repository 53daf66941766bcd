import type { Access } from "../model/access.ts";
import type { Caller, RoleIdentity } from "../model/authorization.ts";
import type { Principal } from "../model/context.ts";
import type { Clock } from "../runtime/clock.ts";
import type { AccessRequest } from "./decision.ts";

type Values = readonly string[] | undefined;
export type Tags = Readonly<Record<string, string>>;

const one = (value: string | undefined): Values => (value === undefined ? undefined : [value]);

/** A request with its condition keys, which are worked out when a policy asks for them. */
export class ConditionedRequest implements AccessRequest {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly #caller: Caller;
  readonly #conditions: Access["conditions"];
  readonly #role: RoleIdentity | undefined;
  readonly #surroundings: Surroundings;

  constructor(
    caller: Caller,
    action: string,
    access: Access,
    role: RoleIdentity | undefined,
    surroundings: Surroundings,
  ) {
    this.principal = caller.principal;
    this.action = action;
    this.resource = access.resource;
    this.#caller = caller;
    this.#conditions = access.conditions;
    this.#role = role;
    this.#surroundings = surroundings;
  }

  /** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
  values(key: string): Values {
    for (const name in this.#conditions) {
      const value = this.#conditions[name];
      if (name.toLowerCase() !== key) continue;
      const given = typeof value === "function" ? value() : value;
      return typeof given === "string" ? [given] : given;
    }
    if (key.startsWith(PRINCIPAL_TAG)) return this.#principalTag(key.slice(PRINCIPAL_TAG.length));
    if (key.startsWith(RESOURCE_TAG)) return tagOf(this.#surroundings.resourceTags(), key.slice(RESOURCE_TAG.length));
    return Object.hasOwn(GLOBAL_KEYS, key)
      ? GLOBAL_KEYS[key]?.(this.#caller, { clock: this.#surroundings.clock, resource: this.resource })
      : undefined;
  }

  /** Tags of the session go before those of the role. */
  #principalTag(key: string): Values {
    const own = this.principal.type === "assumed-role" ? this.principal.tags : undefined;
    return tagOf(own, key) ?? tagOf(this.#role?.tags, key);
  }
}

const PRINCIPAL_TAG = "aws:principaltag/";
const RESOURCE_TAG = "aws:resourcetag/";

/** Condition keys are compared without regard to case, also what names a tag in them. */
const tagOf = (tags: Tags | undefined, key: string): Values =>
  one(Object.entries(tags ?? {}).find(([name]) => name.toLowerCase() === key)?.[1]);

/** What a request does not tell of itself. */
interface Surroundings {
  readonly clock: Clock;
  /** Of the resource that the request is about. */
  resourceTags(): Tags | undefined;
}

interface Circumstances {
  readonly clock: Clock;
  readonly resource: string;
}

/** Session names and the like are a matter of principals that are no services. */
const unlessService =
  (read: (principal: Exclude<Principal, { type: "service" }>) => string | undefined) =>
  ({ principal }: Caller): Values =>
    principal.type === "service" ? undefined : one(read(principal));

const ofService =
  (read: (principal: Extract<Principal, { type: "service" }>) => string | undefined) =>
  ({ principal }: Caller): Values =>
    principal.type === "service" ? one(read(principal)) : undefined;

const PRINCIPAL_TYPES = { anonymous: "Anonymous", "assumed-role": "AssumedRole", root: "Account" } as const;

const accountOf = (arn: string): string | undefined => arn.split(":")[4] || undefined;

const GLOBAL_KEYS: Readonly<Record<string, (caller: Caller, about: Circumstances) => Values>> = {
  "aws:currenttime": (_, { clock }) => [new Date(clock.now()).toISOString()],
  "aws:epochtime": (_, { clock }) => [String(Math.floor(clock.now() / 1000))],
  "aws:requestedregion": ({ region }) => [region],
  // the port is in the place of endpoints that are reached by HTTPS
  "aws:securetransport": () => ["true"],
  "aws:sourceip": ({ sourceIp }) => one(sourceIp),
  "aws:useragent": ({ userAgent }) => one(userAgent),
  "aws:referer": ({ referer }) => one(referer),
  "aws:viaawsservice": ({ via }) => [String(via !== undefined)],
  "aws:calledvia": ({ via }) => one(via),
  "aws:calledviafirst": ({ via }) => one(via),
  "aws:calledvialast": ({ via }) => one(via),
  "aws:principalaccount": unlessService(({ account }) => account || undefined),
  "aws:principalarn": unlessService((principal) =>
    principal.type === "assumed-role" ? principal.roleArn : principal.type === "root" ? principal.arn : undefined,
  ),
  "aws:principaltype": unlessService(({ type }) => PRINCIPAL_TYPES[type]),
  "aws:userid": unlessService(({ userId }) => userId),
  "aws:principalisawsservice": ({ principal }) => [String(principal.type === "service")],
  "aws:principalservicename": ofService(({ service }) => service),
  "aws:principalservicenameslist": ofService(({ service }) => service),
  "aws:sourcearn": ofService(({ sourceArn }) => sourceArn),
  "aws:sourceaccount": ofService(({ sourceArn, account }) => (sourceArn && accountOf(sourceArn)) ?? account),
  // what a topic's default policy asks for
  "aws:sourceowner": ofService(({ sourceArn, account }) => (sourceArn && accountOf(sourceArn)) ?? account),
  "aws:resourceaccount": ({ principal }, { resource }) => [accountOf(resource) ?? principal.account],
  "aws:multifactorauthpresent": ({ principal }) => (principal.type === "assumed-role" ? ["false"] : undefined),
};
