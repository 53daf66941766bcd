import { checksumMembers, DEFAULT_ALGORITHM } from "../checksums.ts";
import { checkCopySize, copySource } from "../copy-source.ts";
import { checkUploadKey, readCustomerKey } from "../customer-key.ts";
import { encryptionMembers } from "../encryption.ts";
import type { Operation } from "../index.ts";
import { checkPartNumber } from "../parts.ts";
import { parseCopyRange } from "../range.ts";
import { receiveBody } from "../receive-body.ts";
import { refuseHeaders } from "../refusals.ts";
import { timestamp } from "../timestamp.ts";

/**
 * Puts a part that is an object, or a range of one.
 * @throws NoSuchUpload, NoSuchKey, PreconditionFailed, InvalidArgument, InvalidRequest
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
 */
export const uploadPartCopy: Operation<"UploadPartCopy"> = async (ctx, input) => {
  const { Key: key, UploadId: uploadId, PartNumber: partNumber, CopySourceRange: rangeHeader } = input;
  const bucket = ctx.store.bucket(input);
  refuseHeaders(input);
  checkPartNumber(partNumber);
  const upload = ctx.store.upload(bucket.name, key, uploadId);
  const customerKey = readCustomerKey(input);
  checkUploadKey(upload, customerKey);
  const source = copySource(ctx, input);
  const { record } = source;
  const { start, end } =
    rangeHeader === undefined ? { start: 0, end: record.sizeBytes - 1 } : parseCopyRange(rangeHeader, record.sizeBytes);
  checkCopySize(end - start + 1);

  const Body = ctx.store.readObject(record, start, end, source.customerKey);
  const algorithm = upload.checksum?.algorithm ?? DEFAULT_ALGORITHM;
  const { received, etag, checksum } = await receiveBody(
    { store: ctx.store },
    { Body },
    { algorithm, key: customerKey },
  );
  const modifiedMs = ctx.clock.now();
  ctx.store.putPart(
    { bucket: bucket.name, key, uploadId, partNumber },
    { sizeBytes: received.body.sizeBytes, etag, modifiedMs, checksum },
    received,
  );
  return {
    CopyPartResult: {
      ETag: `"${etag}"`,
      LastModified: timestamp(modifiedMs),
      ...(upload.checksum && checksumMembers(checksum)),
    },
    ...encryptionMembers(upload),
    ...source.versionMember,
  };
};
