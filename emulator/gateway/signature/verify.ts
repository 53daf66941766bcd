import type { Credentials } from "../../model/credentials.ts";
import type { Service } from "../../model/service.ts";
import { equalSecrets } from "../../runtime/equal-secrets.ts";
import type { Exchange, Signature } from "../exchange.ts";
import { bucketInHost } from "../route.ts";
import { isPresigned, isPresignedV2 } from "../presigned.ts";
import {
  canonicalRequest,
  formatDateTime,
  parseDateTime,
  sha256Hex,
  sign,
  signingKey,
  stringToSign,
  type CredentialScope,
  type SignedRequest,
} from "./canonical-request.ts";
import { ChunkSignatures } from "./chunk-signatures.ts";
import {
  contentSha256Mismatch,
  headersNotSigned,
  incompleteSignature,
  maxSkewMs,
  missingContentSha256,
  missingDate,
  refusedCredentials,
  signatureMismatch,
  skewed,
  wrongScopeDate,
  type Wording,
} from "./errors.ts";
import { signV2, stringToSignV2 } from "./signature-v2.ts";

const SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const CONTENT_SHA256 = "x-amz-content-sha256";
const UNSIGNED = "UNSIGNED-PAYLOAD";

/** A signature of version 4 as a request carries it. */
interface Carried {
  readonly signedHeaders: readonly string[];
  readonly provided: string;
  readonly dateTime: string;
}

/** What a request turned out to be signed by. */
interface Checked {
  readonly key: Buffer;
  readonly scope: CredentialScope;
  readonly carried: Carried;
}

/**
 * Holds the signature of a request against what its key signs. Services other than S3 sign the hash of the body, which `readBody`
 * has to have read.
 * @throws AwsError SignatureDoesNotMatch, RequestTimeTooSkewed, InvalidAccessKeyId, AccessDenied, or what the service calls them
 */
export async function verifySignature(
  exchange: Exchange,
  signature: Signature,
  credentials: Credentials,
  nowMs: number,
  readBody: () => void | Promise<void>,
): Promise<void> {
  const service = exchange.service as Service;
  if (isPresignedV2(exchange.query)) return verifyV2(exchange, service, signature.accessKeyId, credentials);
  const ofS3 = service.name === "s3";
  const payloadHash = async () => {
    // S3's hash is in the headers: of its bodies, which may be large, none is read before the signature is known to be good
    if (ofS3) return claimedHash(exchange);
    await readBody();
    return sha256Hex(exchange.wire ?? "");
  };
  const { key, scope, carried } = await checkSignature(exchange, service, signature, credentials, nowMs, payloadHash);
  if (!ofS3) return;
  const claimed = claimedHash(exchange);
  if (claimed.startsWith(SIGNED_CHUNKS)) {
    exchange.chunks = new ChunkSignatures(key, scope, carried, (found) =>
      signatureMismatch(service, { accessKeyId: signature.accessKeyId, ...found }),
    );
  }
  if (!exchange.codec?.streams) await checkDocument(exchange, claimed, readBody);
}

/**
 * Holds a signature of version 4 against what its key signs.
 * @param payloadHash SHA-256 of the body, or what S3 takes in its place; asked for when the rest is in order
 * @throws AwsError in the words of `service`
 */
export async function checkSignature(
  request: SignedRequest,
  service: Wording,
  signature: Signature,
  credentials: Credentials,
  nowMs: number,
  payloadHash: () => Promise<string>,
): Promise<Checked> {
  const { accessKeyId, date = "", region } = signature;
  const secret = secretOf(service, accessKeyId, credentials);
  const carried = isPresigned(request.query) ? inQuery(request) : inHeader(request, service, nowMs);
  const scope: CredentialScope = { date, region, service: signature.service };
  if (!carried.dateTime.startsWith(date)) throw wrongScopeDate(service, date, carried.dateTime);
  if (service.name === "s3") checkAllSigned(request, carried);
  const canonical = canonicalRequest(request, carried.signedHeaders, await payloadHash(), scope.service);
  const text = stringToSign(carried.dateTime, scope, canonical);
  const key = signingKey(secret, scope);
  if (!equalSecrets(sign(key, text), carried.provided)) {
    throw signatureMismatch(service, {
      accessKeyId,
      provided: carried.provided,
      stringToSign: text,
      canonicalRequest: canonical,
    });
  }
  return { key, scope, carried };
}

function secretOf(service: Wording, accessKeyId: string, credentials: Credentials): string {
  const secret = credentials.secretOf(accessKeyId);
  if (secret === undefined) throw refusedCredentials(service, "unknown", accessKeyId);
  return secret;
}

function inQuery({ query }: SignedRequest): Carried {
  return {
    signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").toLowerCase().split(";"),
    provided: query.get("X-Amz-Signature") ?? "",
    dateTime: query.get("X-Amz-Date") ?? "",
  };
}

function inHeader({ headers }: SignedRequest, service: Wording, nowMs: number): Carried {
  const authorization = headers["authorization"] ?? "";
  const provided = /Signature=([0-9a-f]+)/i.exec(authorization)?.[1];
  const signedHeaders = /SignedHeaders=([^,\s]+)/.exec(authorization)?.[1];
  if (provided === undefined) {
    throw incompleteSignature(service, "Authorization header requires 'Signature' parameter.");
  }
  if (signedHeaders === undefined) {
    throw incompleteSignature(service, "Authorization header requires 'SignedHeaders' parameter.");
  }
  const dateTime = headers["x-amz-date"] ?? dateTimeOf(headers["date"]);
  const signedMs = dateTime === undefined ? undefined : parseDateTime(dateTime);
  if (dateTime === undefined || signedMs === undefined) throw missingDate(service);
  if (Math.abs(signedMs - nowMs) > maxSkewMs(service)) throw skewed(service, signedMs, nowMs);
  return { signedHeaders: signedHeaders.toLowerCase().split(";"), provided, dateTime };
}

/** The Date header as clients sign it. */
function dateTimeOf(date: string | undefined): string | undefined {
  if (date === undefined || parseDateTime(date) !== undefined) return date;
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? undefined : formatDateTime(ms);
}

/** The host and every header of S3's own have to be signed; in a presigned URL not the hash of the body, which nobody knew. */
function checkAllSigned({ headers, query }: SignedRequest, { signedHeaders }: Carried): void {
  const free = isPresigned(query) ? CONTENT_SHA256 : undefined;
  const missing = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))].filter(
    (name) => name !== free && !signedHeaders.includes(name),
  );
  if (missing.length > 0) throw headersNotSigned(missing);
}

function claimedHash({ headers, query }: Exchange): string {
  if (isPresigned(query)) {
    const isSigned = query.get("X-Amz-SignedHeaders")?.toLowerCase().split(";").includes(CONTENT_SHA256);
    return (isSigned ? headers[CONTENT_SHA256] : undefined) ?? query.get("X-Amz-Content-Sha256") ?? UNSIGNED;
  }
  const claimed = headers[CONTENT_SHA256];
  if (claimed !== undefined) return claimed;
  throw missingContentSha256();
}

/** That a document is the one that was signed. Bodies of objects are checked as they come in. */
async function checkDocument(exchange: Exchange, claimed: string, readBody: () => void | Promise<void>): Promise<void> {
  if (claimed === UNSIGNED || claimed.startsWith("STREAMING-")) return;
  await readBody();
  const computed = sha256Hex(exchange.wire ?? "");
  if (computed !== claimed.toLowerCase()) throw contentSha256Mismatch(claimed, computed);
}

function verifyV2(exchange: Exchange, service: Service, accessKeyId: string, credentials: Credentials): void {
  const secret = secretOf(service, accessKeyId, credentials);
  const text = stringToSignV2(exchange, bucketInHost(exchange));
  const provided = exchange.query.get("Signature") ?? "";
  if (!equalSecrets(signV2(secret, text), provided)) {
    throw signatureMismatch(service, { accessKeyId, provided, stringToSign: text });
  }
}
