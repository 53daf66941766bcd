import { conditionalConflict, headerNotImplemented, noSuchKey, notModified, preconditionFailed } from "./errors.ts";
import type { ObjectRecord, UploadRecord } from "./model.ts";
import { identityOf, type Version } from "./version-table.ts";

const notAccepted = (header: "If-Match" | "If-None-Match") =>
  headerNotImplemented(header, `We don't accept the provided value of ${header} header for this API`);

const bare = (etag: string): string => etag.trim().replace(/^(?:(?:W\/)?")?(.*?)"?$/, "$1");

/** Whether an If-Match or If-None-Match names the ETag: `*`, or a list of ETags with both of their quotes, one or none. */
export const namesEtag = (header: string, etag: string): boolean =>
  header.split(",").some((one) => one.trim() === "*" || bare(one) === etag);

/** HTTP dates have no fractions of a second. */
const wholeSeconds = (ms: number): number => Math.floor(ms / 1000);

export interface ReadConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

/**
 * The header of the condition that does not hold, in the order of RFC 9110: If-Match outweighs If-Unmodified-Since, and
 * If-None-Match outweighs If-Modified-Since.
 */
function failedCondition(
  { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince }: ReadConditions,
  { etag, modifiedMs }: ObjectRecord,
  nowMs: number,
): "If-Match" | "If-Unmodified-Since" | "If-None-Match" | "If-Modified-Since" | undefined {
  const modified = wholeSeconds(modifiedMs);
  if (IfMatch !== undefined) {
    if (!namesEtag(IfMatch, etag)) return "If-Match";
  } else if (IfUnmodifiedSince && modified > wholeSeconds(IfUnmodifiedSince.getTime())) return "If-Unmodified-Since";
  if (IfNoneMatch !== undefined) return namesEtag(IfNoneMatch, etag) ? "If-None-Match" : undefined;
  return isUnmodifiedSince(modified, IfModifiedSince, nowMs) ? "If-Modified-Since" : undefined;
}

/** The conditions of a read. @throws AwsError PreconditionFailed, NotModified */
export function checkReadConditions(conditions: ReadConditions, object: ObjectRecord, nowMs: number): void {
  const failed = failedCondition(conditions, object, nowMs);
  if (failed === "If-None-Match" || failed === "If-Modified-Since") throw notModified();
  if (failed !== undefined) throw preconditionFailed(failed);
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
export function checkCopyConditions(conditions: CopySourceConditions, source: ObjectRecord, nowMs: number): void {
  const given = {
    IfMatch: conditions.CopySourceIfMatch,
    IfNoneMatch: conditions.CopySourceIfNoneMatch,
    IfModifiedSince: conditions.CopySourceIfModifiedSince,
    IfUnmodifiedSince: conditions.CopySourceIfUnmodifiedSince,
  };
  const failed = failedCondition(given, source, nowMs);
  if (failed !== undefined) throw preconditionFailed(`x-amz-copy-source-${failed}`);
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
  if (IfNoneMatch !== undefined && IfNoneMatch !== "*") throw notAccepted("If-None-Match");
  if (IfMatch === "*") throw notAccepted("If-Match");
}

/**
 * Of a conditional completion: nothing else may have written the key, or deleted what it had, since the upload began.
 * @throws AwsError ConditionalRequestConflict
 */
export function checkUndisturbed(
  { IfMatch, IfNoneMatch }: WriteConditions,
  key: string,
  upload: Pick<UploadRecord, "over">,
  newest: Version | undefined,
): void {
  const condition = IfMatch !== undefined ? "If-Match" : IfNoneMatch !== undefined ? "If-None-Match" : undefined;
  if (condition === undefined || upload.over === undefined || upload.over === identityOf(newest)) return;
  throw conditionalConflict(condition, key);
}

export const hasWriteConditions = ({ IfMatch, IfNoneMatch }: WriteConditions): boolean =>
  IfMatch !== undefined || IfNoneMatch !== undefined;

/** To be asked in the transaction of the write. @throws AwsError PreconditionFailed, NoSuchKey */
export const checkWriteConditions =
  ({ IfMatch, IfNoneMatch }: WriteConditions, key: string) =>
  (current: ObjectRecord | undefined): void => {
    if (IfNoneMatch !== undefined && current) throw preconditionFailed("If-None-Match");
    if (IfMatch === undefined) return;
    if (!current) throw noSuchKey(key);
    if (!namesEtag(IfMatch, current.etag)) throw preconditionFailed("If-Match");
  };
