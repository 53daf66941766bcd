import { isDroppedFromRequests } from "./headers.ts";
import { HeaderList } from "./header-list.ts";

/** A request of a client as an API sees it. */
export interface MethodRequest {
  readonly httpMethod: string;
  /** Below the stage, still percent-encoded: `/users/1`. */
  readonly path: string;
  /** With the stage, as the client wrote it: `/prod/users/1`. */
  readonly fullPath: string;
  readonly headers: HeaderList;
  /** Decoded, in the order of their first appearance. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly sourceIp: string;
  /** `HTTP/1.1` */
  readonly protocol: string;
}

export function queryOf(search: Iterable<readonly [string, string]>): Record<string, string[]> {
  // it inherits nothing: clients choose the names
  const query = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of search) (query[name] ??= []).push(value);
  return query;
}

/** The last value of each parameter. */
export function lastValues(multi: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  const single = Object.create(null) as Record<string, string>;
  for (const name in multi) single[name] = multi[name]?.at(-1) ?? "";
  return single;
}

export interface Forwarding {
  readonly sourceIp: string;
  readonly host: string;
  readonly traceId: string;
}

/** The client's headers without those that are for the next hop only, and with what API Gateway says of the way. */
export function forwardedHeaders(given: HeaderList, { sourceIp, host, traceId }: Forwarding): HeaderList {
  const headers = new HeaderList([...given].filter(([name]) => !isDroppedFromRequests(name)));
  if (!headers.has("Host")) headers.add("Host", host);
  const before = headers.get("X-Forwarded-For");
  headers.set("X-Forwarded-For", before === undefined ? sourceIp : `${before}, ${sourceIp}`);
  headers.set("X-Forwarded-Port", /:(\d+)$/.exec(host)?.[1] ?? "443");
  headers.set("X-Forwarded-Proto", "https");
  if (!headers.has("X-Amzn-Trace-Id")) headers.add("X-Amzn-Trace-Id", traceId);
  return headers;
}

/** An IPv4 address that came in over IPv6 is shown as IPv4. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:/, "");
