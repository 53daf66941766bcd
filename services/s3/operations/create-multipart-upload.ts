import { ownedBy, writerOf } from "../acl.ts";
import { checksumTypeOf, parseAlgorithm } from "../checksums.ts";
import { readCustomerKey } from "../customer-key.ts";
import { encryptionMembers, encryptionOf } from "../encryption.ts";
import { accessDenied, invalidRequest } from "../errors.ts";
import type { Input, Operation } from "../index.ts";
import { abortMembers } from "../lifecycle.ts";
import type { UploadRecord } from "../model.ts";
import { checkKey } from "../keys.ts";
import { givenLock } from "../object-lock.ts";
import { propertiesFrom } from "../object-properties.ts";
import { refuseWriteHeaders } from "../refusals.ts";
import { parseTagging } from "../tags.ts";
import { newUploadId } from "../upload-id.ts";
import { identityOf } from "../version-table.ts";

/**
 * Begins an upload in parts.
 * @throws NoSuchBucket, AccessDenied, KeyTooLongError, MetadataTooLarge, InvalidRequest, NotImplemented
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html
 */
export const createMultipartUpload: Operation<"CreateMultipartUpload"> = (ctx, input) => {
  const { Key: key } = input;
  const bucket = ctx.store.bucket(input);
  if (ctx.principal.type === "anonymous") {
    throw accessDenied("Anonymous users cannot initiate multipart uploads.  Please authenticate.");
  }
  checkKey(key);
  refuseWriteHeaders(input);
  const checksum = checksumOf(input);
  const tags = parseTagging(input.Tagging);
  const encryption = encryptionOf(ctx, bucket, input, readCustomerKey(input));
  const initiatedMs = ctx.clock.now();
  const id = newUploadId(ctx.ids, key, initiatedMs);
  const initiator = writerOf(ctx);
  ctx.store.createUpload(bucket.name, key, {
    ...propertiesFrom(ctx, input),
    ...encryption,
    ...givenLock(bucket, input, initiatedMs),
    ...ownedBy(bucket, initiator, input),
    id,
    initiatedMs,
    over: identityOf(ctx.store.newest(bucket.name, key)),
    ...(initiator !== bucket.account && { initiator }),
    ...(tags && { tags }),
    ...(checksum && { checksum }),
  });
  return {
    Bucket: bucket.name,
    Key: key,
    UploadId: id,
    ...abortMembers(bucket, key, { initiatedMs }),
    ...encryptionMembers(encryption),
    ...(checksum && { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
  };
};

function checksumOf(input: Input<"CreateMultipartUpload">): UploadRecord["checksum"] {
  const { ChecksumAlgorithm: name, ChecksumType: type } = input;
  if (name === undefined) {
    if (type === undefined) return undefined;
    throw invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
  }
  const algorithm = parseAlgorithm(name);
  return { algorithm, type: checksumTypeOf(algorithm, type) };
}
