import type { CommonError } from "./errors.ts";
import type { InputOf, OperationName, ServiceName } from "./sdk.ts";

/** A function where the value costs more than to look at a member: it is called when a policy asks for the key. */
export type ConditionValue = string | readonly string[] | (() => string | readonly string[] | undefined);

/** One thing that whoever makes a call must be allowed to do. */
export interface Access {
  /** For example `s3:GetObject`. */
  readonly action: string;
  /** The resource's ARN, or `*` where the action knows no resource. */
  readonly resource: string;
  /** Condition keys of the service, beside the global ones: `{ "s3:prefix": "a/" }`. */
  readonly conditions?: Readonly<Record<string, ConditionValue>>;
  /** What of the resource it is about, for the service's standing of it: an upload's id. */
  readonly detail?: string | undefined;
  /** The resource's policy, where it is not found by the resource's ARN. */
  readonly policy?: string | undefined;
}

/** What the evaluation of policies has to know of a resource whose ARN does not name its account. */
export interface Standing {
  /** The account that it belongs to. */
  readonly owner: string;
  /** How an access control list names the caller who may do it: by its account, or as everyone (`role`). */
  readonly granted: "no" | "account" | "role";
  /** False: what the resource's policy allows does not count. What it denies does. */
  readonly policyAllows: boolean;
  /** Whether the resource's policy may deny it to the root of the account that owns it. */
  readonly bindsRoot: boolean;
  /** Condition keys that the resource has, beside those of the request. */
  conditions(): Readonly<Record<string, ConditionValue>>;
}

/** Where a call takes place. */
export interface AccessScope {
  readonly account: string;
  readonly region: string;
}

/**
 * What an operation needs: a resource's ARN where the action has the operation's own name, or everything in full. An empty
 * list: the operation needs no permission.
 */
export type AccessRule<S extends ServiceName, N extends OperationName<S>> = (
  input: InputOf<S, N>,
  scope: AccessScope,
  /** The service's store of this account and region, for ARNs that the input alone does not tell. */
  store: unknown,
) => string | readonly Access[];

/**
 * What the operations of a service need, from the Service Authorization Reference. An operation that is not in the table needs
 * the action of its own name on `*`.
 */
export interface AccessTable<S extends ServiceName> {
  /** What stands before the colon of the service's actions: `cloudwatch` for `monitoring`. */
  readonly prefix: string;
  /** The error of a refusal, where it is not that of the protocol: AccessDeniedException (json, restJson), else AccessDenied. */
  readonly denied?: CommonError;
  readonly rules: { readonly [N in OperationName<S>]?: AccessRule<S, N> };
}

type GivenTags =
  | Readonly<Record<string, string>>
  | readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];

/** Condition keys of a request that sets tags, which it gives by name or as pairs; without any it has no such keys. */
export function tagConditions(given: GivenTags | undefined): Record<string, ConditionValue> {
  const tags = Array.isArray(given)
    ? (given as { Key?: string; Value?: string }[]).map(({ Key = "", Value = "" }) => [Key, Value] as const)
    : Object.entries((given ?? {}) as Record<string, string>);
  if (tags.length === 0) return {};
  return {
    "aws:TagKeys": tags.map(([key]) => key),
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}

/** What a caller needs who gives a role to a service: `iam:PassRole`. */
export const passRole = (roleArn: string, service: string): Access => ({
  action: "iam:PassRole",
  resource: roleArn,
  conditions: { "iam:PassedToService": service },
});

/** A part of an ARN, counted from 0 (`arn`): the service is 2, the region 3, the account 4. Asked for at every call. */
export function arnPart(arn: string, part: number): string {
  let from = 0;
  for (let passed = 0; passed < part; passed++) {
    from = arn.indexOf(":", from) + 1;
    if (from === 0) return "";
  }
  const to = arn.indexOf(":", from);
  return to < 0 ? arn.slice(from) : arn.slice(from, to);
}
