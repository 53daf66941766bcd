import { checksumMembers, DEFAULT_ALGORITHM } from "../checksums.ts";
import { checkLockIntegrity, lockOf } from "../object-lock.ts";
import { checkPartNumber, checkPartChecksum } from "../parts.ts";
import { checkUploadKey, readCustomerKey } from "../customer-key.ts";
import { encryptionMembers } from "../encryption.ts";
import type { Operation } from "../index.ts";
import { announcedAlgorithm, hasDigest, receiveBody } from "../receive-body.ts";
import { refuseHeaders } from "../refusals.ts";

/**
 * Puts one part of an upload, in the place of the one that has its number.
 * @throws NoSuchUpload, InvalidArgument, InvalidRequest, BadDigest, InvalidDigest, EntityTooLarge
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html
 */
export const uploadPart: Operation<"UploadPart"> = async (ctx, input) => {
  const { Key: key, UploadId: uploadId, PartNumber: partNumber } = input;
  const bucket = ctx.store.bucket(input);
  refuseHeaders(input);
  checkPartNumber(partNumber);
  const upload = ctx.store.upload(bucket.name, key, uploadId);
  const customerKey = readCustomerKey(input);
  checkUploadKey(upload, customerKey);
  checkPartChecksum(upload, announcedAlgorithm(ctx, input));
  // a call of another service has no header for it
  if (ctx.request) checkLockIntegrity(lockOf(bucket, upload, ctx.clock.now()), () => hasDigest(ctx, input), "Part");

  const { received, etag, checksum, given } = await receiveBody(ctx, input, {
    algorithm: upload.checksum?.algorithm ?? DEFAULT_ALGORITHM,
    always: true,
    key: customerKey,
  });
  ctx.store.putPart(
    { bucket: bucket.name, key, uploadId, partNumber },
    { sizeBytes: received.body.sizeBytes, etag, modifiedMs: ctx.clock.now(), checksum },
    received,
  );
  return {
    ETag: `"${etag}"`,
    ...encryptionMembers(upload),
    ...((upload.checksum ?? given) && checksumMembers(given ?? checksum)),
  };
};
