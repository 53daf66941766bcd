import { Readable } from "node:stream";
import { AwsError } from "../../emulator/model/errors.ts";
import type { Context } from "../../emulator/model/context.ts";
import type { ReceivedBody, Witness } from "./bodies.ts";
import { BodyDigests } from "./body-digests.ts";
import {
  checksumHeader,
  DEFAULT_ALGORITHM,
  givenChecksum,
  isDigest,
  parseAlgorithm,
  type ChecksumMembers,
} from "./checksums.ts";
import type { CustomerKey } from "./customer-key.ts";
import {
  badChecksum,
  badContentMd5,
  contentSha256Mismatch,
  entityTooLarge,
  headerNotImplemented,
  invalidArgument,
  invalidDigest,
  invalidRequest,
  missingContentLength,
} from "./errors.ts";
import { MAX_PUT_BYTES, type ChecksumAlgorithm } from "./model.ts";
import { receiveSealed } from "./sealing.ts";
import type { S3Store } from "./store.ts";
import { loadHasher } from "./xxhash.ts";

export interface BodyInput extends ChecksumMembers {
  readonly Body?: unknown;
  readonly ContentMD5?: string;
  readonly ChecksumAlgorithm?: string;
}

export interface Received {
  readonly received: ReceivedBody;
  /** Without its quotes: the MD5 of what is kept. */
  readonly etag: string;
  readonly checksum: PlainChecksum;
  /** The one that the client gave, which is the body's. */
  readonly given: PlainChecksum | undefined;
}

interface PlainChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
}

/** What the client says of the body before or after it. */
interface Claims {
  readonly contentMd5?: string;
  /** Lower-case hexadecimal digits of the SHA-256. */
  readonly sha256?: string;
  readonly algorithm?: ChecksumAlgorithm;
  /** Undefined: it comes in a trailer. */
  readonly checksum?: string;
}

type BodyContext = Pick<Context, "request"> & { readonly store: S3Store };

/**
 * Reads a body to its end, computes its digests on the way, and checks those that the client gave. When it throws, nothing
 * of the body is left.
 * @throws AwsError BadDigest, InvalidDigest, XAmzContentSHA256Mismatch, EntityTooLarge, MissingContentLength, NotImplemented, IncompleteBody
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export async function receiveBody(
  ctx: BodyContext,
  input: BodyInput,
  /** The checksum to compute: when the client gives none, or `always`. */
  {
    algorithm = DEFAULT_ALGORITHM,
    always = false,
    key,
  }: { algorithm?: ChecksumAlgorithm; always?: boolean; key?: CustomerKey | undefined } = {},
): Promise<Received> {
  checkLength(ctx);
  const claims = claimsOf(ctx, input);
  const kept = always ? algorithm : (claims.algorithm ?? algorithm);
  const algorithms = new Set([kept, claims.algorithm ?? kept]);
  const loading = loadHasher(...algorithms);
  if (loading) await loading;
  const digests = new BodyDigests(ctx.store.hashThreads, algorithms, claims.sha256 !== undefined);
  const received = await readAll(ctx, input.Body, digests, key);
  try {
    const { md5, checksums, sha256 } = await digests.finish();
    if (claims.contentMd5 !== undefined && md5.toString("base64") !== claims.contentMd5) {
      throw badContentMd5(claims.contentMd5, md5.toString("base64"));
    }
    if (claims.sha256 !== undefined && sha256 !== claims.sha256)
      throw contentSha256Mismatch(claims.sha256, sha256 ?? "");
    const checksum = (of: ChecksumAlgorithm): PlainChecksum => ({ algorithm: of, value: checksums.get(of) ?? "" });
    const given = claims.algorithm && checksum(claims.algorithm);
    if (given && given.value !== (claims.checksum ?? trailer(ctx, given.algorithm))) throw badChecksum(given.algorithm);
    return { received, etag: received.sealedMd5 ?? md5.toString("hex"), checksum: checksum(kept), given };
  } catch (error) {
    ctx.store.discard(received);
    throw error;
  }
}

/** The algorithm of the checksum that comes with the body. @throws AwsError InvalidRequest */
export const announcedAlgorithm = (ctx: BodyContext, input: BodyInput): ChecksumAlgorithm | undefined =>
  claimsOf(ctx, input).algorithm;

/** Whether the body comes with a digest of S3's own: Content-MD5 or a checksum. @throws AwsError InvalidDigest, InvalidRequest */
export const hasDigest = (ctx: BodyContext, input: BodyInput): boolean =>
  input.ContentMD5 !== undefined || announcedAlgorithm(ctx, input) !== undefined;

async function readAll(
  ctx: BodyContext,
  body: unknown,
  digests: BodyDigests,
  key: CustomerKey | undefined,
): Promise<ReceivedBody> {
  let sizeBytes = 0;
  try {
    const witness: Witness = {
      chunk(chunk) {
        sizeBytes += chunk.byteLength;
        if (sizeBytes > MAX_PUT_BYTES) throw entityTooLarge(sizeBytes, MAX_PUT_BYTES);
      },
      piece: (piece) => digests.piece(piece),
    };
    const source = iterable(body);
    return key ? await receiveSealed(ctx.store, source, witness, key) : await ctx.store.receive(source, witness);
  } catch (error) {
    digests.drop();
    // one of our own files, that nobody reads to its end
    if (!ctx.request && body instanceof Readable) body.destroy();
    throw error;
  }
}

/** A body as it comes over the wire (a stream) or from another service. */
function iterable(body: unknown): AsyncIterable<Uint8Array> {
  if (body === undefined || body === null) return one(new Uint8Array());
  if (typeof body === "string") return one(Buffer.from(body, "utf8"));
  if (body instanceof Uint8Array) return one(body);
  if (typeof body === "object" && Symbol.asyncIterator in body) return body as AsyncIterable<Uint8Array>;
  throw new TypeError("a body is text, bytes or a stream of bytes");
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}

function checkLength({ request }: BodyContext): void {
  if (!request) return;
  const { headers } = request;
  const length = isStreaming(headers) ? headers["x-amz-decoded-content-length"] : headers["content-length"];
  // a length that only the end of the body tells is none that S3 takes
  if (length === undefined && headers["transfer-encoding"] !== undefined)
    throw headerNotImplemented("Transfer-Encoding");
  if (length === undefined) throw missingContentLength();
  if (Number(length) > MAX_PUT_BYTES) throw entityTooLarge(Number(length), MAX_PUT_BYTES);
}

type Headers = Readonly<Record<string, string>>;

const isStreaming = (headers: Headers): boolean =>
  headers["x-amz-content-sha256"]?.startsWith("STREAMING-") === true ||
  headers["content-encoding"]?.includes("aws-chunked") === true;

function claimsOf({ request }: BodyContext, input: BodyInput): Claims {
  const claims: { -readonly [K in keyof Claims]: Claims[K] } = {};
  if (input.ContentMD5 !== undefined) {
    if (!isDigest("MD5", input.ContentMD5)) throw invalidDigest(input.ContentMD5);
    claims.contentMd5 = input.ContentMD5;
  }
  const given = givenChecksum(input);
  if (given) {
    if (!isDigest(given.algorithm, given.value)) {
      throw invalidRequest(`Value for ${checksumHeader(given.algorithm)} header is invalid.`);
    }
    claims.algorithm = given.algorithm;
    claims.checksum = given.value;
  }
  if (!request) return claims;
  const sha256 = claimedSha256(request.headers);
  if (sha256 !== undefined) claims.sha256 = sha256;
  if (!given) {
    const algorithm = algorithmOfTrailer(request.headers);
    if (algorithm) claims.algorithm = algorithm;
    else if (input.ChecksumAlgorithm !== undefined && request.headers["x-amz-sdk-checksum-algorithm"] !== undefined) {
      throw invalidRequest(
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
      );
    }
  }
  if (claims.algorithm && input.ChecksumAlgorithm !== undefined) {
    const named = parseAlgorithm(input.ChecksumAlgorithm);
    if (named !== claims.algorithm) {
      throw invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
    }
  }
  return claims;
}

function claimedSha256(headers: Headers): string | undefined {
  const value = headers["x-amz-content-sha256"];
  if (value === undefined || value === "UNSIGNED-PAYLOAD" || value.startsWith("STREAMING-")) return undefined;
  if (/^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
  throw invalidArgument(
    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, " +
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, " +
      "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
    "x-amz-content-sha256",
    value,
  );
}

const TRAILER = /^x-amz-checksum-(.+)$/;

function algorithmOfTrailer(headers: Headers): ChecksumAlgorithm | undefined {
  const names = (headers["x-amz-trailer"] ?? "").split(",").map((name) => name.trim().toLowerCase());
  const algorithms = names.flatMap((name) => TRAILER.exec(name)?.[1] ?? []);
  if (algorithms.length > 1) {
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  return algorithms[0] === undefined ? undefined : parseAlgorithm(algorithms[0]);
}

/** The checksum that was announced for the end of the body. */
function trailer({ request }: BodyContext, algorithm: ChecksumAlgorithm): string {
  const name = checksumHeader(algorithm);
  const value = request?.trailers[name];
  if (value === undefined) {
    throw new AwsError(
      { code: "MalformedTrailerError", status: 400 },
      "The request contained trailing data that was not well-formed or did not conform to our published schema.",
    );
  }
  if (!isDigest(algorithm, value)) throw invalidRequest(`Value for ${name} trailing header is invalid.`);
  return value;
}
