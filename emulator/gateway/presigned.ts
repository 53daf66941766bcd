import { AwsError } from "../model/errors.ts";
import { ALGORITHM, parseDateTime } from "./signature/canonical-request.ts";

/** How far the clock of whoever made a URL may be ahead. */
const LONGEST_SKEW_MS = 15 * 60_000;
/** Longest life of a presigned URL: a week, in seconds. */
const LONGEST_EXPIRES = 604_800;

const PARAMETERS = [
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Signature",
  "X-Amz-Date",
  "X-Amz-SignedHeaders",
  "X-Amz-Expires",
];

export const isPresigned = (query: URLSearchParams): boolean => query.has("X-Amz-Credential") || isPresignedV2(query);

export const isPresignedV2 = (query: URLSearchParams): boolean => query.has("AWSAccessKeyId") && query.has("Signature");

const invalid = (message: string) => new AwsError({ code: "AuthorizationQueryParametersError", status: 400 }, message);

/** When a URL is good, in epoch milliseconds, and what its refusal tells of that. */
export interface Validity {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * A presigned URL is good from its X-Amz-Date for X-Amz-Expires seconds.
 * @throws AwsError AccessDenied, AuthorizationQueryParametersError where the URL does not say it
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function validityOf(query: URLSearchParams): Validity {
  if (isPresignedV2(query)) return validityOfV2(query);
  if (PARAMETERS.some((name) => !query.has(name))) {
    throw invalid(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, " +
        "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  }
  if (query.get("X-Amz-Algorithm") !== ALGORITHM) {
    throw invalid('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"');
  }
  const expires = Number(query.get("X-Amz-Expires"));
  if (!Number.isInteger(expires)) throw invalid("X-Amz-Expires should be a number");
  if (expires < 0) throw invalid("X-Amz-Expires must be non-negative");
  if (expires > LONGEST_EXPIRES) {
    throw invalid(`X-Amz-Expires must be less than a week (in seconds) that is ${LONGEST_EXPIRES}`);
  }
  const fromMs = parseDateTime(query.get("X-Amz-Date") ?? "");
  if (fromMs === undefined) throw invalid("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  return { fromMs, untilMs: fromMs + expires * 1000, fields: { "X-Amz-Expires": expires } };
}

/** Signature version 2: good until `Expires`, in epoch seconds. */
function validityOfV2(query: URLSearchParams): Validity {
  const expires = Number(query.get("Expires") ?? "none");
  if (!Number.isInteger(expires)) {
    throw new AwsError(
      { code: "AccessDenied", status: 403 },
      "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
    );
  }
  return { fromMs: Number.NEGATIVE_INFINITY, untilMs: expires * 1000, fields: {} };
}

/** @throws AwsError AccessDenied */
export function checkValidity({ fromMs, untilMs, fields }: Validity, nowMs: number): void {
  if (fromMs > nowMs + LONGEST_SKEW_MS) throw notYetValid(fromMs, nowMs, fields);
  if (nowMs >= untilMs) throw expired(untilMs, nowMs, fields);
}

const notYetValid = (signedMs: number, nowMs: number, fields: Readonly<Record<string, unknown>>) =>
  new AwsError({ code: "AccessDenied", status: 403 }, "Request is not yet valid", {
    ...fields,
    Expires: new Date(signedMs).toISOString(),
    ServerTime: new Date(nowMs).toISOString(),
  });

const expired = (endMs: number, nowMs: number, fields: Readonly<Record<string, unknown>>) =>
  new AwsError({ code: "AccessDenied", status: 403 }, "Request has expired", {
    ...fields,
    // version 2 bounds it nowhere, and what is long before 1970 is no date any more
    Expires: new Date(Math.max(endMs, 0)).toISOString(),
    ServerTime: new Date(nowMs).toISOString(),
  });

/** Signers move them there, and S3 does not look at them there: of checksums it reads the headers alone. */
const UNREAD = /^x-amz-(?:checksum-|sdk-checksum-)/i;
/** What else than `x-amz-*`. */
const CONDITIONS = /^if-(?:none-)?match$/i;

/** The parameters of a presigned URL that stand for headers: signers move them there. */
export function headersInQuery(query: URLSearchParams): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of query) {
    if (PARAMETERS.includes(name) || name === "X-Amz-Security-Token") continue;
    if ((/^x-amz-/i.test(name) && !UNREAD.test(name)) || CONDITIONS.test(name)) headers[name.toLowerCase()] = value;
  }
  return headers;
}
