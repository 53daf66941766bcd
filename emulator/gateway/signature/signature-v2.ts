import { createHmac } from "node:crypto";
import type { SignedRequest } from "./canonical-request.ts";

/** Query parameters that are a part of the signed resource. */
const SUBRESOURCES = new Set([
  ...["accelerate", "acl", "analytics", "cors", "delete", "encryption", "intelligent-tiering", "inventory"],
  ...["legal-hold", "lifecycle", "location", "logging", "metrics", "notification", "object-lock", "ownershipControls"],
  ...["partNumber", "policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment", "restore"],
  ...["response-cache-control", "response-content-disposition", "response-content-encoding"],
  ...["response-content-language", "response-content-type", "response-expires", "retention", "select", "select-type"],
  ...["tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website"],
]);

type Pair = readonly [name: string, value: string];

/** Not by the lines that they make: `-` is before `:` and `=`, so a name would come behind a longer one that begins with it. */
const byName = ([a]: Pair, [b]: Pair): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * What a URL of signature version 2 signs.
 * @param bucketInHost the bucket of a request in virtual-host style
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
 */
export function stringToSignV2(request: SignedRequest, bucketInHost: string | undefined): string {
  const { method, path, query, headers } = request;
  const inQuery = [...query].filter(([name]) => /^x-amz-/i.test(name));
  const inHeaders = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-"));
  const amz = [...inQuery, ...inHeaders]
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .sort(byName)
    .map(([name, value]) => `${name}:${value}\n`)
    .join("");
  const subresources = [...query]
    .filter(([name]) => SUBRESOURCES.has(name))
    .sort(byName)
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`))
    .join("&");
  const resource = `${bucketInHost === undefined ? "" : `/${bucketInHost}`}${path}${subresources && "?"}${subresources}`;
  const expires = query.get("Expires") ?? "";
  return [method, headers["content-md5"] ?? "", headers["content-type"] ?? "", expires, `${amz}${resource}`].join("\n");
}

export const signV2 = (secret: string, text: string): string =>
  createHmac("sha1", secret).update(text).digest("base64");
