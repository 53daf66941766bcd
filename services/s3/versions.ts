import { causeOf } from "./causes.ts";
import { markerNotAllowed, noSuchKey, noSuchVersion } from "./errors.ts";
import type { S3Context } from "./index.ts";
import type { BucketRecord, DeleteMarker, ObjectRecord } from "./model.ts";
import { checkRemovable } from "./object-lock.ts";
import { requireListing } from "./permission.ts";
import { timestamp } from "./timestamp.ts";
import { checkGone, checkVersionId, versionIdOf, type Refusal } from "./version-id.ts";
import { isDeleteMarker } from "./version-table.ts";

export interface VersionInput {
  readonly Key: string;
  readonly VersionId?: string;
}

/**
 * The object that a request names: the current one, or the version that it asks for. A delete marker is none: the answer says so
 * in its headers.
 * @throws AwsError NoSuchKey, NoSuchVersion, MethodNotAllowed, InvalidArgument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/RetrievingObjectVersions.html
 */
export function findObject(ctx: S3Context, bucket: BucketRecord, input: VersionInput, named = input.Key): ObjectRecord {
  const { Key: key, VersionId: versionId } = input;
  checkVersionId(versionId);
  if (versionId === undefined) {
    const object = ctx.store.object(bucket.name, key);
    if (object) return object;
    const newest = bucket.versioning === undefined ? undefined : ctx.store.newest(bucket.name, key);
    if (newest && isDeleteMarker(newest)) announce(ctx, newest);
    requireListing(ctx, bucket.name);
    throw noSuchKey(named);
  }
  const version = ctx.store.version(bucket.name, key, versionId);
  if (!version) {
    checkGone(versionId);
    throw bucket.versioning === undefined ? noSuchKey(key) : noSuchVersion(key, versionId);
  }
  if (isDeleteMarker(version)) refuseMarker(ctx, version);
  return version;
}

/**
 * The object that a request about tags names. There a delete marker is refused also where the request names no version.
 * @param named what the answer calls an object that is not there
 * @throws AwsError NoSuchKey, NoSuchVersion, MethodNotAllowed, InvalidArgument
 */
export function findTagged(ctx: S3Context, bucket: BucketRecord, input: VersionInput, named = input.Key): ObjectRecord {
  if (input.VersionId === undefined && bucket.versioning !== undefined) {
    const newest = ctx.store.newest(bucket.name, input.Key);
    if (newest && isDeleteMarker(newest)) refuseMarker(ctx, newest);
  }
  return findObject(ctx, bucket, input, named);
}

function refuseMarker(ctx: S3Context, marker: DeleteMarker): never {
  announce(ctx, marker);
  ctx.response.headers["allow"] = "DELETE";
  ctx.response.headers["last-modified"] = timestamp(marker.modifiedMs).toUTCString();
  throw markerNotAllowed(ctx.request?.method ?? "GET");
}

function announce(ctx: S3Context, marker: DeleteMarker): void {
  ctx.response.headers["x-amz-delete-marker"] = "true";
  ctx.response.headers["x-amz-version-id"] = versionIdOf(marker);
}

/** The member that answers carry in buckets that have, or once had, versioning. */
export const versionMember = (
  bucket: Pick<BucketRecord, "versioning">,
  object: Pick<ObjectRecord, "version">,
): { VersionId?: string } => (bucket.versioning === undefined ? {} : { VersionId: versionIdOf(object) });

/** What the answer of a write says: only versions that have an id of their own are told. */
export const newVersionMember = ({ version }: Pick<ObjectRecord, "version">): { VersionId?: string } =>
  version?.id === undefined ? {} : { VersionId: version.id };

/** What DeleteObject answers of one key, and DeleteObjects of each. */
export interface Deletion {
  readonly DeleteMarker?: true;
  /** Of the version that was removed, or of the delete marker that was made. */
  readonly VersionId?: string;
}

interface DeletionInput extends VersionInput {
  readonly bypass: boolean | undefined;
  readonly refusal?: Refusal;
}

/**
 * Deletes a key's current object, or for good the version that is named. That there is none is no error.
 * @throws AwsError InvalidArgument, and what `check` throws
 */
export function deleteVersion(
  ctx: S3Context,
  bucket: BucketRecord,
  { Key: key, VersionId: versionId, bypass, refusal }: DeletionInput,
  check: (current: ObjectRecord | undefined) => void,
): Deletion {
  checkVersionId(versionId, refusal);
  if (versionId === undefined) {
    const marker = ctx.store.removeObject(bucket.name, key, check, (name) => causeOf(ctx, `ObjectRemoved:${name}`));
    return marker ? { DeleteMarker: true, VersionId: versionIdOf(marker) } : {};
  }
  const checkVersion = (record: ObjectRecord | undefined): void => {
    check(record);
    checkRemovable(ctx, { Bucket: bucket.name, Key: key }, record, bypass);
  };
  const cause = causeOf(ctx, "ObjectRemoved:Delete");
  const removed = ctx.store.removeVersion(bucket.name, key, versionId, checkVersion, cause);
  if (!removed) checkGone(versionId, refusal);
  if (bucket.versioning === undefined) return {};
  return { ...(removed && isDeleteMarker(removed) && { DeleteMarker: true as const }), VersionId: versionId };
}
