import { checksumMembers } from "../checksums.ts";
import type { Operation } from "../index.ts";
import { abortMembers } from "../lifecycle.ts";
import { checkInteger, pageSize } from "../list-request.ts";
import type { Part } from "../model.ts";
import { canonicalUser } from "../owner.ts";
import { timestamp } from "../timestamp.ts";

/**
 * The parts that an upload has so far, by number.
 * @throws NoSuchBucket, NoSuchUpload, InvalidArgument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
 */
export const listParts: Operation<"ListParts"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  const upload = ctx.store.upload(bucket.name, input.Key, input.UploadId);
  const limit = pageSize(input.MaxParts, "max-parts");
  const after = checkInteger(input.PartNumberMarker ?? 0, "part-number-marker");

  const parts: Part[] = [];
  let isTruncated = false;
  for (const part of ctx.store.uploadedParts(upload.id, after)) {
    isTruncated = parts.length === limit;
    if (isTruncated) break;
    parts.push(part);
  }
  return {
    Bucket: bucket.name,
    Key: input.Key,
    UploadId: upload.id,
    ...abortMembers(bucket, input.Key, upload),
    PartNumberMarker: String(after),
    NextPartNumberMarker: String(parts.at(-1)?.partNumber ?? 0),
    MaxParts: limit,
    IsTruncated: isTruncated && limit > 0,
    ...(parts.length > 0 && { Parts: parts.map((part) => listed(part, upload.checksum !== undefined)) }),
    Initiator: canonicalUser(upload.initiator ?? bucket.account),
    Owner: canonicalUser(upload.owner ?? bucket.account),
    StorageClass: (upload.storageClass ?? "STANDARD") as "STANDARD",
    ...(upload.checksum && { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }),
  };
};

const listed = ({ partNumber, modifiedMs, etag, sizeBytes, checksum }: Part, withChecksum: boolean) => ({
  PartNumber: partNumber,
  LastModified: timestamp(modifiedMs),
  ETag: `"${etag}"`,
  Size: sizeBytes,
  ...(withChecksum && checksumMembers(checksum)),
});
