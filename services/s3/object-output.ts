import { restoreMember } from "./archive.ts";
import { checksumMembers, checksumMembersWithType, type ChecksumMembers } from "./checksums.ts";
import { checkReadConditions, type ReadConditions } from "./conditions.ts";
import { checkObjectKey, readReadersKey, type CustomerKey, type CustomerKeyInput } from "./customer-key.ts";
import { encryptionMembers } from "./encryption.ts";
import { invalidRequest, partNotSatisfiable } from "./errors.ts";
import { checkHeaderValue } from "./header-value.ts";
import type { S3Context } from "./index.ts";
import { expirationMember } from "./lifecycle.ts";
import type { BucketRecord, ChecksumType, ObjectRecord } from "./model.ts";
import { lockMembers } from "./object-lock.ts";
import { expiresOf, expiresText, metadataHeaders } from "./object-properties.ts";
import { checkPartNumber } from "./parts.ts";
import { parseRange, type ByteRange } from "./range.ts";
import { refuseEncryptionOfRead, refuseHeaders } from "./refusals.ts";
import { timestamp } from "./timestamp.ts";
import { findObject, versionMember } from "./versions.ts";

/** What GetObject and HeadObject are asked by. */
export interface ReadInput extends ReadConditions, CustomerKeyInput {
  readonly Bucket: string;
  readonly Key: string;
  readonly ExpectedBucketOwner?: string;
  readonly VersionId?: string;
  readonly Range?: string;
  readonly PartNumber?: number;
  readonly ChecksumMode?: string;
  readonly ResponseCacheControl?: string;
  readonly ResponseContentDisposition?: string;
  readonly ResponseContentEncoding?: string;
  readonly ResponseContentLanguage?: string;
  readonly ResponseContentType?: string;
  readonly ResponseExpires?: Date | string;
}

/** The object that a read asks for, and which of its bytes. */
export interface Selection {
  readonly bucket: BucketRecord;
  readonly record: ObjectRecord;
  /** That the record is encrypted by. */
  readonly key: CustomerKey | undefined;
  readonly range: ByteRange;
  /** Answered by 206 and a Content-Range. */
  readonly isPartial: boolean;
  readonly checksum: (ChecksumMembers & { ChecksumType?: ChecksumType }) | undefined;
  readonly partsCount: number | undefined;
}

/** @throws AwsError NoSuchBucket, NoSuchKey, PreconditionFailed, NotModified, InvalidRange, InvalidPartNumber */
export function select(ctx: S3Context, input: ReadInput): Selection {
  const bucket = ctx.store.bucket(input);
  refuseHeaders(input);
  refuseEncryptionOfRead(ctx);
  checkOverrides(ctx, input);
  const key = readReadersKey(input);
  const record = findObject(ctx, bucket, input);
  checkObjectKey(record, key);
  // a 304 carries them too
  ctx.response.headers["etag"] = `"${record.etag}"`;
  ctx.response.headers["last-modified"] = timestamp(record.modifiedMs).toUTCString();
  checkReadConditions(input, record, ctx.clock.now());

  const wantsChecksum = input.ChecksumMode?.toUpperCase() === "ENABLED";
  const whole = { start: 0, end: record.sizeBytes - 1 };
  if (input.PartNumber !== undefined) {
    return { ...selectPart(ctx, input, bucket, record, wantsChecksum), key };
  }
  const range =
    input.Range === undefined || !rangeHolds(ctx, record) ? undefined : parseRange(input.Range, record.sizeBytes);
  const coversAll = range === undefined || (range.start === 0 && range.end === whole.end);
  return {
    bucket,
    record,
    key,
    range: range ?? whole,
    isPartial: range !== undefined,
    checksum: wantsChecksum && coversAll ? checksumMembersWithType(record.checksum) : undefined,
    partsCount: undefined,
  };
}

/** A client that goes on with an object that is another one by now gets all of it (If-Range). */
function rangeHolds({ request }: S3Context, record: ObjectRecord): boolean {
  const held = request?.headers["if-range"];
  return held === undefined || held === `"${record.etag}"` || held === timestamp(record.modifiedMs).toUTCString();
}

/** What an answer says of itself is for those to say who sign. @throws AwsError InvalidRequest, InvalidArgument */
function checkOverrides({ principal }: S3Context, input: ReadInput): void {
  checkHeaderValue("response-cache-control", input.ResponseCacheControl);
  checkHeaderValue("response-content-disposition", input.ResponseContentDisposition);
  checkHeaderValue("response-content-encoding", input.ResponseContentEncoding);
  checkHeaderValue("response-content-language", input.ResponseContentLanguage);
  checkHeaderValue("response-content-type", input.ResponseContentType);
  if (input.ResponseExpires !== undefined) checkHeaderValue("response-expires", expiresText(input.ResponseExpires));
  if (principal.type !== "anonymous" || !Object.keys(input).some((name) => name.startsWith("Response"))) return;
  throw invalidRequest("Request specific response headers cannot be used for anonymous GET requests.");
}

/** One part of an object; an object that was put in one piece has one. */
function selectPart(
  ctx: S3Context,
  input: ReadInput,
  bucket: BucketRecord,
  record: ObjectRecord,
  wantsChecksum: boolean,
): Omit<Selection, "key"> {
  const wanted = input.PartNumber ?? 1;
  if (input.Range !== undefined) {
    throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
  }
  const count = record.upload?.partCount ?? 1;
  checkPartNumber(wanted);
  if (wanted > count) throw partNotSatisfiable(wanted, count);
  if (!record.upload) {
    const checksum = wantsChecksum ? checksumMembersWithType(record.checksum) : undefined;
    const range = { start: 0, end: record.sizeBytes - 1 };
    return { bucket, record, range, isPartial: true, checksum, partsCount: undefined };
  }
  let start = 0;
  for (const part of ctx.store.partsOf(record)) {
    if (part.partNumber === wanted) {
      const isComposite = record.checksum.type === "COMPOSITE";
      // of the whole there is one checksum, which is a part's where there is no other part
      const ofPart = isComposite ? part.checksum : count === 1 ? record.checksum : undefined;
      return {
        bucket,
        record,
        range: { start, end: start + part.sizeBytes - 1 },
        isPartial: true,
        checksum:
          ofPart && wantsChecksum ? { ...checksumMembers(ofPart), ChecksumType: record.checksum.type } : undefined,
        partsCount: count,
      };
    }
    start += part.sizeBytes;
  }
  throw partNotSatisfiable(wanted, count);
}

/** The headers of a selection. Sets the status of the answer. */
export function objectHeaders(ctx: S3Context, input: ReadInput, selection: Selection) {
  const { bucket, record, range, isPartial, checksum, partsCount } = selection;
  // an empty object has no byte for a Content-Range to name
  const isRange = isPartial && record.sizeBytes > 0;
  if (isRange) ctx.response.status = 206;
  const cacheControl = input.ResponseCacheControl ?? record.cacheControl;
  const contentDisposition = input.ResponseContentDisposition ?? record.contentDisposition;
  const contentEncoding = input.ResponseContentEncoding ?? record.contentEncoding;
  const contentLanguage = input.ResponseContentLanguage ?? record.contentLanguage;
  const expires = input.ResponseExpires ?? expiresOf(record);
  return {
    AcceptRanges: "bytes",
    // Node refuses one that is not ASCII when it comes behind the length
    ...(contentDisposition !== undefined && { ContentDisposition: contentDisposition }),
    ContentLength: range.end - range.start + 1,
    ETag: `"${record.etag}"`,
    LastModified: timestamp(record.modifiedMs),
    ContentType: input.ResponseContentType ?? record.contentType,
    ...encryptionMembers(record),
    ...lockMembers(record),
    ...restoreMember(record, ctx.clock.now()),
    ...versionMember(bucket, record),
    ...(input.VersionId === undefined && expirationMember(bucket, input.Key, record)),
    Metadata: metadataHeaders(record.metadata),
    ...(isRange && { ContentRange: `bytes ${range.start}-${range.end}/${record.sizeBytes}` }),
    ...(cacheControl !== undefined && { CacheControl: cacheControl }),
    ...(contentEncoding !== undefined && { ContentEncoding: contentEncoding }),
    ...(contentLanguage !== undefined && { ContentLanguage: contentLanguage }),
    // the SDK's types have a date; S3 answers the text that it was given
    ...(expires !== undefined && { Expires: expires as Date }),
    ...(record.storageClass !== undefined && { StorageClass: record.storageClass as "STANDARD_IA" }),
    ...(record.tags && record.tags.length > 0 && { TagCount: record.tags.length }),
    ...(record.redirect !== undefined && { WebsiteRedirectLocation: record.redirect }),
    ...(partsCount !== undefined && { PartsCount: partsCount }),
    ...checksum,
  };
}
