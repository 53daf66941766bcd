import { checksumMembers, checksumMembersWithType } from "../checksums.ts";
import { checkObjectKey, readReadersKey } from "../customer-key.ts";
import { invalidArgument, invalidRequest } from "../errors.ts";
import type { Operation, Output, S3Context } from "../index.ts";
import type { ObjectRecord } from "../model.ts";
import { refuseHeaders } from "../refusals.ts";
import { timestamp } from "../timestamp.ts";
import { findObject, versionMember } from "../versions.ts";

const ATTRIBUTES = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];
const MOST_PARTS = 1000;

/**
 * What is known of an object, without reading it.
 * @throws NoSuchBucket, NoSuchKey, InvalidArgument, InvalidRequest
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
 */
export const getObjectAttributes: Operation<"GetObjectAttributes"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  refuseHeaders(input);
  const wanted: readonly string[] = input.ObjectAttributes ?? [];
  if (wanted.length === 0) {
    throw invalidRequest(
      "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
    );
  }
  const unknown = wanted.find((attribute) => !ATTRIBUTES.includes(attribute));
  if (unknown !== undefined)
    throw invalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", unknown);
  const key = readReadersKey(input);
  const record = findObject(ctx, bucket, input);
  checkObjectKey(record, key);

  const { checksum } = record;
  const value = checksum.type === "COMPOSITE" ? (checksum.value.split("-")[0] ?? "") : checksum.value;
  return {
    LastModified: timestamp(record.modifiedMs),
    ...versionMember(bucket, record),
    ...(wanted.includes("ETag") && { ETag: record.etag }),
    ...(wanted.includes("Checksum") && { Checksum: checksumMembersWithType({ ...checksum, value }) }),
    ...(wanted.includes("ObjectParts") && record.upload && { ObjectParts: partsOf(ctx, record, input) }),
    ...(wanted.includes("StorageClass") && { StorageClass: (record.storageClass ?? "STANDARD") as "STANDARD" }),
    ...(wanted.includes("ObjectSize") && { ObjectSize: record.sizeBytes }),
  };
};

function partsOf(
  ctx: S3Context,
  record: ObjectRecord,
  { MaxParts: asked = MOST_PARTS, PartNumberMarker: marker }: { MaxParts?: number; PartNumberMarker?: string },
): Output<"GetObjectAttributes">["ObjectParts"] {
  const total = record.upload?.partCount ?? 0;
  // S3 tells the parts only where each has a checksum of its own that is part of the object's
  if (record.checksum.type !== "COMPOSITE") return { TotalPartsCount: total };
  const limit = Math.min(Math.max(0, asked), MOST_PARTS);
  const after = Number(marker ?? 0);
  const parts = [];
  for (const { partNumber, sizeBytes, checksum } of ctx.store.partsOf(record)) {
    if (partNumber <= after) continue;
    if (parts.length === limit) break;
    parts.push({ PartNumber: partNumber, Size: sizeBytes, ...checksumMembers(checksum) });
  }
  const last = parts.at(-1)?.PartNumber ?? 0;
  return {
    TotalPartsCount: total,
    PartNumberMarker: String(after),
    NextPartNumberMarker: String(last),
    MaxParts: limit,
    IsTruncated: parts.length > 0 && last < total,
    ...(parts.length > 0 && { Parts: parts }),
  };
}
