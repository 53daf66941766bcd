import { splitBucket } from "../../emulator/gateway/route.ts";
import { AwsError } from "../../emulator/model/errors.ts";
import type { DoorAnswer, DoorRequest } from "../../emulator/model/service.ts";
import { encodeError } from "../../emulator/protocol/encode-error.ts";
import { isBucketName } from "./bucket-name.ts";
import { corsHeaders, ruleFor } from "./cors-rules.ts";
import { badRequest, corsForbidden } from "./errors.ts";
import type { S3Store } from "./store.ts";
import { websiteOf } from "./website/address.ts";

const METHODS: readonly string[] = ["GET", "PUT", "POST", "DELETE", "HEAD"];

const bucketOf = (request: DoorRequest): { bucket: string | undefined; path: string } => {
  const bucket = websiteOf(request);
  return bucket === undefined ? splitBucket(request) : { bucket, path: request.path };
};

/** What a bucket's rules tell the browser of a page that makes this request; undefined: nothing. */
export function pageHeaders(store: S3Store, request: DoorRequest): Record<string, string> | undefined {
  const { origin, "access-control-request-method": method = request.method } = request.headers;
  if (origin === undefined) return undefined;
  const rules = store.known(bucketOf(request).bucket ?? "")?.cors;
  if (!rules || !ruleFor(rules, { origin, method: request.method, headers: [] })) return undefined;
  // a request that asks like a preflight hears what it asks for, and nothing where that is not allowed
  const asked = { origin, method, headers: askedHeaders(request) };
  const rule = ruleFor(rules, asked);
  return rule ? corsHeaders(rule, asked) : {};
}

const askedHeaders = ({ headers }: DoorRequest): string[] =>
  (headers["access-control-request-headers"]?.split(",") ?? [])
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** Lambda's paths begin with the date of an API version; no bucket's name has that form. */
const API_VERSION = /^20\d\d-\d\d-\d\d$/;

/** What API Gateway's paths and those of queues begin with; a bucket may have such a name. */
const OF_OTHER_PATHS = /^(?:account|apikeys|restapis|tags|usageplans|\d{12})$/;

/** What requests to other services carry, and none to S3. */
const OF_OTHER_SERVICES: readonly string[] = ["x-amz-target", "smithy-protocol"];

/** Whether a request asks, before the real one, what a page may do with a bucket. */
export function isPreflight(store: S3Store, request: DoorRequest): boolean {
  if (request.method !== "OPTIONS") return false;
  const { bucket = "" } = bucketOf(request);
  if (!isBucketName(bucket) || API_VERSION.test(bucket)) return false;
  if (askedHeaders(request).some((name) => OF_OTHER_SERVICES.includes(name.toLowerCase()))) return false;
  return !OF_OTHER_PATHS.test(bucket) || store.known(bucket) !== undefined;
}

/**
 * Answers a preflight by the bucket's rules. Nobody signs one, so policies do not matter.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
 */
export function answerPreflight(store: S3Store, request: DoorRequest): DoorAnswer {
  const { bucket = "", path } = bucketOf(request);
  try {
    const { origin, "access-control-request-method": method } = request.headers;
    if (origin === undefined) throw badRequest("Insufficient information. Origin request header needed.");
    const found = store.known(bucket);
    if (!found) throw corsForbidden("Bucket not found", method ?? request.method, "BUCKET");
    if (!found.cors) {
      throw corsForbidden("CORS is not enabled for this bucket.", method ?? request.method, "BUCKET");
    }
    if (method === undefined || !METHODS.includes(method)) {
      throw badRequest(`Invalid Access-Control-Request-Method: ${method ?? "null"}`);
    }
    const asked = { origin, method, headers: askedHeaders(request) };
    const rule = ruleFor(found.cors, asked);
    if (!rule) throw corsForbidden(NOT_ALLOWED, method, path === "/" ? "BUCKET" : "OBJECT");
    return { status: 200, headers: corsHeaders(rule, asked), body: "" };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return encodeError({ protocol: "restXml" }, "restXml", error, request.requestId);
  }
}

const NOT_ALLOWED =
  "This CORS request is not allowed. This is usually because the evalution of Origin, request method / " +
  "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.";
