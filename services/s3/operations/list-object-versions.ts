import type { ObjectVersionStorageClass } from "@aws-sdk/client-s3";
import { invalidArgument, invalidVersionId } from "../errors.ts";
import type { Input, Operation, S3Context } from "../index.ts";
import { keyEncoder, pageSize } from "../list-request.ts";
import { goingOn, listPage } from "../listing.ts";
import { listedObject, listedRequest } from "../object-listing.ts";
import { canonicalUser } from "../owner.ts";
import { timestamp } from "../timestamp.ts";
import { checkVersionId, orderOf, versionIdOf } from "../version-id.ts";
import { isDeleteMarker } from "../version-table.ts";

/**
 * Up to 1,000 versions and delete markers, in the order of their keys and each key's from the newest to the oldest.
 * @throws NoSuchBucket, InvalidArgument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export const listObjectVersions: Operation<"ListObjectVersions"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  const { Prefix: prefix = "", Delimiter: delimiter = "", KeyMarker: keyMarker = "" } = input;
  const { VersionIdMarker: versionMarker } = input;
  if (versionMarker !== undefined && keyMarker === "") {
    throw invalidArgument(
      "A version-id marker cannot be specified without a key marker.",
      "version-id-marker",
      versionMarker,
    );
  }
  if (versionMarker === "") throw refused(versionMarker);
  checkVersionId(versionMarker, refused);
  const limit = pageSize(input.MaxKeys, "max-keys");
  const encode = keyEncoder(input.EncodingType);

  const list = { prefix, delimiter, after: keyMarker, limit };
  const all = ctx.store.allVersions(bucket.name);
  const seek = versionMarker === undefined ? all : goingOn(all, list, olderThan(ctx, input, versionMarker));
  const page = listPage(seek, list);
  const owner = canonicalUser(bucket.account);
  const last = page.entries.at(-1);
  const endsWithVersion = last !== undefined && last.key === page.last;
  const versions = page.entries.flatMap(({ key, value: { version, isLatest } }) => {
    if (isDeleteMarker(version)) return [];
    const { StorageClass, ...object } = listedObject({ key, value: version }, encode, bucket.account);
    const storageClass = StorageClass as ObjectVersionStorageClass;
    return [{ ...object, StorageClass: storageClass, VersionId: versionIdOf(version), IsLatest: isLatest }];
  });
  const markers = page.entries.flatMap(({ key, value: { version, isLatest } }) => {
    if (!isDeleteMarker(version)) return [];
    const LastModified = timestamp(version.modifiedMs);
    return [{ Owner: owner, Key: encode(key), VersionId: versionIdOf(version), IsLatest: isLatest, LastModified }];
  });
  const request = { bucket: bucket.name, prefix, delimiter, limit, encodingType: input.EncodingType };
  return {
    IsTruncated: page.isTruncated,
    KeyMarker: encode(keyMarker),
    VersionIdMarker: versionMarker ?? "",
    ...(page.isTruncated && {
      NextKeyMarker: encode(page.last ?? ""),
      ...(endsWithVersion && { NextVersionIdMarker: versionIdOf(last.value.version) }),
    }),
    ...(versions.length > 0 && { Versions: versions }),
    ...(markers.length > 0 && { DeleteMarkers: markers }),
    ...listedRequest(request, page, encode),
  };
};

const refused = (versionId: string) => invalidVersionId("version-id-marker", versionId);

/** An id tells the place of its version, also of one that is gone meanwhile, and an id of earlier builds, which had no checksum. */
function olderThan(ctx: S3Context, { Bucket, KeyMarker = "" }: Input<"ListObjectVersions">, versionId: string) {
  const order = orderOf(versionId) ?? ctx.store.version(Bucket, KeyMarker, versionId)?.version?.order ?? 0;
  return ctx.store.versionsOf(Bucket, KeyMarker, order);
}
