import type { VtlMap } from "./vtl/values.ts";

/** `$context`: what templates, mappings, logs and functions know of a request. Plain values, null where there is none. */
export interface RequestContext extends Record<string, unknown> {
  readonly accountId: string;
  readonly apiId: string;
  readonly stage: string;
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly httpMethod: string;
  readonly path: string;
  readonly protocol: string;
  readonly requestTime: string;
  readonly requestTimeEpoch: number;
  readonly domainName: string;
  readonly domainPrefix: string;
  readonly deploymentId: string;
  readonly identity: Record<string, unknown>;
  resourceId?: string;
  resourcePath?: string;
  operationName?: string;
  authorizer?: Record<string, unknown>;
  error?: Record<string, unknown>;
  integration?: Record<string, unknown>;
  authorize?: Record<string, unknown>;
  authenticate?: Record<string, unknown>;
  status?: string;
  responseLength?: string;
  responseLatency?: string;
  integrationLatency?: string;
  integrationStatus?: string;
}

/** What templates may change of the request to the integration and of the answer to the client. */
export interface Overrides {
  readonly requestOverride: { readonly header: VtlMap; readonly path: VtlMap; readonly querystring: VtlMap };
  readonly responseOverride: { readonly header: VtlMap; status?: unknown };
}

export const newOverrides = (): Overrides => ({
  requestOverride: { header: {}, path: {}, querystring: {} },
  responseOverride: { header: {} },
});

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value: number): string => String(value).padStart(2, "0");

/** `21/Nov/2026:15:04:05 +0000` */
export function requestTime(atMs: number): string {
  const at = new Date(atMs);
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}:${time} +0000`;
}

/** Members in the order in which Lambda functions have them. Keys of an anonymous client are null. */
export function identityOf(sourceIp: string, userAgent: string | undefined): Record<string, unknown> {
  return {
    cognitoIdentityPoolId: null,
    accountId: null,
    cognitoIdentityId: null,
    caller: null,
    sourceIp,
    principalOrgId: null,
    accessKey: null,
    cognitoAuthenticationType: null,
    cognitoAuthenticationProvider: null,
    userArn: null,
    userAgent: userAgent ?? null,
    user: null,
  };
}

/** `identity.sourceIp` of a context: undefined where it leads nowhere. */
export function contextValue(context: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = context;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value ?? undefined;
}

/** A context variable as text: what it is not stays undefined. */
export function contextText(context: Readonly<Record<string, unknown>>, path: string): string | undefined {
  const value = contextValue(context, path);
  if (value === undefined) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
