import type { RoutingRule, WebsiteConfiguration } from "@aws-sdk/client-s3";

export interface Redirection {
  readonly status: number;
  readonly location: string;
}

/** Where a request is, as redirects that keep parts of it need it. */
export interface Visit {
  /** With the port. */
  readonly host: string;
  readonly key: string;
}

/** Everything that is asked of the bucket is asked of another host. */
export const redirectAll = (
  { HostName, Protocol = "http" }: NonNullable<WebsiteConfiguration["RedirectAllRequestsTo"]>,
  { key }: Visit,
): Redirection => ({ status: 301, location: `${Protocol}://${HostName}/${encodeKey(key)}` });

/**
 * The first rule about a key, or about what went wrong with it.
 * @param errorStatus undefined: the object has not been looked for yet
 */
export function routed(
  rules: readonly RoutingRule[] | undefined,
  visit: Visit,
  errorStatus?: number,
): Redirection | undefined {
  const rule = rules?.find(({ Condition: { HttpErrorCodeReturnedEquals: error, KeyPrefixEquals: prefix } = {} }) => {
    if (prefix !== undefined && !visit.key.startsWith(prefix)) return false;
    return error === undefined ? errorStatus === undefined : error === String(errorStatus);
  });
  return rule && follow(rule, visit);
}

function follow({ Redirect = {}, Condition = {} }: RoutingRule, { host, key }: Visit): Redirection {
  const {
    HostName = host,
    Protocol = "http",
    HttpRedirectCode = "301",
    ReplaceKeyPrefixWith,
    ReplaceKeyWith,
  } = Redirect;
  const rest = key.slice((Condition.KeyPrefixEquals ?? "").length);
  const to = ReplaceKeyWith ?? (ReplaceKeyPrefixWith === undefined ? key : ReplaceKeyPrefixWith + rest);
  return { status: Number(HttpRedirectCode), location: `${Protocol}://${HostName}/${encodeKey(to)}` };
}

export const encodeKey = (key: string): string =>
  encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%40", "@");
