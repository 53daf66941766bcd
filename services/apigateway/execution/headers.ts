import type { Integration } from "../model.ts";
import type { HeaderList } from "./header-list.ts";

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html */
const DROPPED_FROM_REQUESTS = new Set([
  "connection",
  "content-length",
  "content-md5",
  "expect",
  "keep-alive",
  "max-forwards",
  "proxy-authenticate",
  "proxy-connection",
  "server",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "www-authenticate",
  "http2-settings",
]);

export const isDroppedFromRequests = (name: string): boolean => DROPPED_FROM_REQUESTS.has(name.toLowerCase());

const REMAPPED_OF_PROXIES = ["Connection", "Content-Length", "Date", "Server", "x-amzn-RequestId"];
const REMAPPED = [
  ...REMAPPED_OF_PROXIES,
  "Authorization",
  "Content-MD5",
  "Expect",
  "Host",
  "Max-Forwards",
  "Proxy-Authenticate",
  "Trailer",
  "Upgrade",
  "User-Agent",
  "WWW-Authenticate",
];

/** Headers of an integration's answer that clients get under another name, or not at all. */
export function remapResponseHeaders(headers: HeaderList, type: Integration["type"]): void {
  const isProxy = type === "HTTP_PROXY" || type === "AWS_PROXY";
  for (const name of isProxy ? REMAPPED_OF_PROXIES : REMAPPED) {
    const values = headers.all(name);
    if (values.length === 0) continue;
    headers.remove(name);
    headers.set(`x-amzn-Remapped-${name}`, values);
  }
  for (const name of ["Transfer-Encoding", "Keep-Alive", "x-amz-apigw-id"]) headers.remove(name);
  if (type === "HTTP_PROXY") headers.remove("Via");
}
