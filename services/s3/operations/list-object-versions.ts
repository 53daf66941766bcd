import { invalidArgument } from "../errors.ts";
import type { Operation } from "../index.ts";
import { keyEncoder, pageSize } from "../list-request.ts";
import { listPage } from "../listing.ts";
import { listedObjects, listedRequest } from "../object-listing.ts";

/**
 * The objects of a bucket that never had versioning: each has one version, `null`.
 * @throws NoSuchBucket, InvalidArgument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export const listObjectVersions: Operation<"ListObjectVersions"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  const {
    Prefix: prefix = "",
    Delimiter: delimiter = "",
    KeyMarker: marker = "",
    VersionIdMarker: versionMarker,
  } = input;
  if (versionMarker !== undefined && marker === "") {
    throw invalidArgument(
      "A version-id marker cannot be specified without a key marker.",
      "version-id-marker",
      versionMarker,
    );
  }
  const limit = pageSize(input.MaxKeys, "max-keys");
  const request = { bucket: bucket.name, prefix, delimiter, limit, encodingType: input.EncodingType };
  const encode = keyEncoder(input.EncodingType);

  const page = listPage(ctx.store.objects(bucket.name), { prefix, delimiter, after: marker, limit });
  const versions = listedObjects(page, encode, bucket.account).map((object) => ({
    ...object,
    StorageClass: "STANDARD" as const,
    VersionId: "null",
    IsLatest: true,
  }));
  return {
    IsTruncated: page.isTruncated,
    KeyMarker: encode(marker),
    VersionIdMarker: versionMarker ?? "",
    ...(page.isTruncated && { NextKeyMarker: encode(page.last ?? ""), NextVersionIdMarker: "null" }),
    ...(versions.length > 0 && { Versions: versions }),
    ...listedRequest(request, page, encode),
  };
};
