import { servicePrincipal, type Call, type Host, type Principal } from "./context.ts";

/** A role that a service takes on for one of the account's resources. */
export interface ServiceRole {
  readonly roleArn: string;
  /** Whom the role's trust policy has to name, for example firehose.amazonaws.com. */
  readonly service: string;
  /** The name of the session: that of the function, of the delivery stream. */
  readonly session: string;
  /** For whom the service acts: `aws:SourceArn` in the trust policy. */
  readonly sourceArn?: string;
  /** What the service gives as `sts:ExternalId`. */
  readonly externalId?: string;
}

type RoleHost = Pick<Host, "authorization" | "callAs">;

/**
 * The session of a role that a service takes on. With `--iam off` the role need not be there.
 * @throws AwsError AccessDenied for a role that is not there or does not trust the service
 */
export function serviceSession(
  host: Pick<Host, "authorization">,
  { account, region }: { account: string; region: string },
  { roleArn, service, session, sourceArn, externalId }: ServiceRole,
): Principal {
  if (!host.authorization.enforced) return unchecked(account, roleArn, session);
  const caller = { principal: servicePrincipal(account, service, sourceArn), region };
  return host.authorization.assume({ roleArn, sessionName: session, caller, externalId }).principal;
}

/** Whether a service may take on a role. */
export function canAssume(
  host: Pick<Host, "authorization">,
  scope: { account: string; region: string },
  role: ServiceRole,
): boolean {
  try {
    serviceSession(host, scope, role);
    return true;
  } catch {
    return false;
  }
}

/**
 * Calls as a role that a service takes on, by its trust and permissions as they are at each call.
 * @throws AwsError AccessDenied (of each call) for a role that is not there or does not trust the service
 */
export const callWithRole =
  (host: RoleHost, scope: { account: string; region: string }, role: ServiceRole): Call =>
  async (service, operation, input, options) =>
    host.callAs({ ...scope, principal: serviceSession(host, scope, role) })(service, operation, input, options);

function unchecked(account: string, roleArn: string, session: string): Principal {
  const name = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  const owner = roleArn.split(":")[4] || account;
  return {
    type: "assumed-role",
    account: owner,
    arn: `arn:aws:sts::${owner}:assumed-role/${name}/${session}`,
    roleArn,
    userId: `${name}:${session}`,
  };
}
