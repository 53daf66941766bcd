import { headerNotImplemented, noSuchKey, notModified, preconditionFailed } from "./errors.ts";
import type { ObjectRecord } from "./model.ts";

const NEITHER = "We don't accept the provided value of If-None-Match header for this API";

const bare = (etag: string): string => etag.trim().replace(/^(?:W\/)?"(.*)"$/, "$1");

/** Whether an If-Match or If-None-Match names the ETag: `*`, or a list of ETags with or without their quotes. */
export const namesEtag = (header: string, etag: string): boolean =>
  header.split(",").some((one) => one.trim() === "*" || bare(one) === etag);

/** HTTP dates have no fractions of a second. */
const wholeSeconds = (ms: number): number => Math.floor(ms / 1000);

export interface ReadConditions {
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
  readonly IfModifiedSince?: Date;
  readonly IfUnmodifiedSince?: Date;
}

/**
 * The conditions of a read, in the order of RFC 9110: If-Match outweighs If-Unmodified-Since, and If-None-Match
 * outweighs If-Modified-Since.
 * @throws AwsError PreconditionFailed, NotModified
 */
export function checkReadConditions(
  conditions: ReadConditions,
  { etag, modifiedMs }: ObjectRecord,
  nowMs: number,
): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  const modified = wholeSeconds(modifiedMs);
  if (IfMatch !== undefined) {
    if (!namesEtag(IfMatch, etag)) throw preconditionFailed("If-Match");
  } else if (IfUnmodifiedSince && modified > wholeSeconds(IfUnmodifiedSince.getTime())) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  if (IfNoneMatch !== undefined) {
    if (namesEtag(IfNoneMatch, etag)) throw notModified();
  } else if (isUnmodifiedSince(modified, IfModifiedSince, nowMs)) throw notModified();
}

/** A date in the future is no condition. */
const isUnmodifiedSince = (modified: number, since: Date | undefined, nowMs: number): boolean =>
  since !== undefined && since.getTime() <= nowMs && modified <= wholeSeconds(since.getTime());

export interface CopySourceConditions {
  readonly CopySourceIfMatch?: string;
  readonly CopySourceIfNoneMatch?: string;
  readonly CopySourceIfModifiedSince?: Date;
  readonly CopySourceIfUnmodifiedSince?: Date;
}

/** The same of a copy's source: all of them answer 412. @throws AwsError PreconditionFailed */
export function checkCopyConditions(
  conditions: CopySourceConditions,
  { etag, modifiedMs }: ObjectRecord,
  nowMs: number,
): void {
  const { CopySourceIfMatch, CopySourceIfNoneMatch, CopySourceIfModifiedSince, CopySourceIfUnmodifiedSince } =
    conditions;
  const modified = wholeSeconds(modifiedMs);
  if (CopySourceIfMatch !== undefined) {
    if (!namesEtag(CopySourceIfMatch, etag)) throw preconditionFailed("x-amz-copy-source-If-Match");
  } else if (CopySourceIfUnmodifiedSince && modified > wholeSeconds(CopySourceIfUnmodifiedSince.getTime())) {
    throw preconditionFailed("x-amz-copy-source-If-Unmodified-Since");
  }
  if (CopySourceIfNoneMatch !== undefined) {
    if (namesEtag(CopySourceIfNoneMatch, etag)) throw preconditionFailed("x-amz-copy-source-If-None-Match");
  } else if (isUnmodifiedSince(modified, CopySourceIfModifiedSince, nowMs)) {
    throw preconditionFailed("x-amz-copy-source-If-Modified-Since");
  }
}

export interface WriteConditions {
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
}

/**
 * The forms of a conditional write that S3 takes: `If-None-Match: *`, or If-Match with an ETag.
 * @throws AwsError NotImplemented
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function checkWriteForm({ IfMatch, IfNoneMatch }: WriteConditions): void {
  if (IfMatch !== undefined && IfNoneMatch !== undefined) {
    throw headerNotImplemented("If-Match,If-None-Match", "Multiple conditional request headers present in the request");
  }
  if (IfNoneMatch !== undefined && IfNoneMatch !== "*") throw headerNotImplemented("If-None-Match", NEITHER);
  if (IfMatch === "*") throw headerNotImplemented("If-Match", NEITHER);
}

/** To be asked in the transaction of the write. @throws AwsError PreconditionFailed, NoSuchKey */
export const checkWriteConditions =
  ({ IfMatch, IfNoneMatch }: WriteConditions, key: string) =>
  (current: ObjectRecord | undefined): void => {
    if (IfNoneMatch !== undefined && current) throw preconditionFailed("If-None-Match");
    if (IfMatch === undefined) return;
    if (!current) throw noSuchKey(key);
    if (!namesEtag(IfMatch, current.etag)) throw preconditionFailed("If-Match");
  };
