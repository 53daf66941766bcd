import type { Access } from "./access.ts";
import type { Principal } from "./context.ts";

/** A role as policies see it. The same object for as long as neither the role nor a policy of it changes. */
export interface RoleIdentity {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  /** AROA... */
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly trustPolicy: string;
  /** The documents of its inline and attached policies. */
  readonly policies: readonly string[];
  /** The document of its permissions boundary. */
  readonly boundary?: string;
  readonly maxSessionSeconds: number;
}

/** What the evaluation of policies knows of IAM; the IAM service provides it. */
export interface Identities {
  role(arn: string): RoleIdentity | undefined;
  /** The document of a managed policy's default version. */
  managedPolicy(account: string, arn: string): string | undefined;
}

/** Where a request comes from. */
export interface Origin {
  readonly sourceIp?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly referer?: string | undefined;
}

/** Whose call it is, and how it came in. */
export interface Caller extends Origin {
  readonly principal: Principal;
  readonly region: string;
  /** The service that makes the call for the principal, e.g. cloudformation.amazonaws.com. */
  readonly via?: string | undefined;
}

/** A session of a role that somebody wants to begin. */
export interface SessionRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly caller: Caller;
  readonly externalId?: string | undefined;
  /** Documents that limit the session. */
  readonly policies?: readonly string[] | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

export interface Session {
  readonly role: RoleIdentity;
  readonly principal: Extract<Principal, { type: "assumed-role" }>;
}

/** Evaluates policies. Every call is held against them before it reaches its operation; services ask for more here. */
export interface Authorization {
  /** False with `--iam off`: everybody may do everything. */
  readonly enforced: boolean;
  /** Why a caller may not do something, in AWS's words; undefined: it may. */
  refusal(caller: Caller, access: Access): string | undefined;
  /** Begins a session of a role. @throws AwsError AccessDenied for a role that is not there or does not trust the caller */
  assume(request: SessionRequest): Session;
  /** The document of a managed policy's default version. */
  managedPolicy(account: string, arn: string): string | undefined;
}
