import { createHash } from "node:crypto";
import type { Context } from "../../emulator/model/context.ts";
import { checksumHeader, hasher, isDigest, parseAlgorithm } from "./checksums.ts";
import { badChecksum, badContentMd5, contentSha256Mismatch, invalidDigest, invalidRequest } from "./errors.ts";

const CHECKSUM = /^x-amz-checksum-(?!algorithm|type|mode)(.+)$/;

/**
 * Checks the digests that came with a request whose body is a document: Content-MD5, one x-amz-checksum-*, and the SHA-256
 * that the request is signed with.
 * @throws AwsError BadDigest, InvalidDigest, InvalidRequest, XAmzContentSHA256Mismatch
 */
export function checkDocumentDigests({ request }: Pick<Context, "request">, { required }: { required: boolean }): void {
  if (!request?.body) return;
  const { body } = request.body;
  const headers = { ...request.headers, ...request.trailers };
  const contentMd5 = headers["content-md5"];
  if (contentMd5 !== undefined) {
    if (!isDigest("MD5", contentMd5)) throw invalidDigest(contentMd5);
    const computed = createHash("md5").update(body).digest("base64");
    if (computed !== contentMd5) throw badContentMd5(contentMd5, computed);
  }
  const given = Object.entries(headers).flatMap(([name, value]) => {
    const algorithm = CHECKSUM.exec(name)?.[1];
    return algorithm === undefined ? [] : [{ algorithm: parseAlgorithm(algorithm), value }];
  });
  if (given.length > 1) {
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  for (const { algorithm, value } of given) {
    if (!isDigest(algorithm, value)) throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
    const computed = hasher(algorithm);
    computed.update(body);
    if (computed.digest().toString("base64") !== value) throw badChecksum(algorithm);
  }
  const signed = headers["x-amz-content-sha256"];
  if (signed !== undefined && /^[0-9a-f]{64}$/i.test(signed)) {
    const computed = createHash("sha256").update(body).digest("hex");
    if (computed !== signed.toLowerCase()) throw contentSha256Mismatch(signed, computed);
  }
  if (required && contentMd5 === undefined && given.length === 0) {
    throw invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  }
}
