import { invalidArgument } from "../errors.ts";
import type { Operation } from "../index.ts";
import { keyEncoder, pageSize } from "../list-request.ts";
import { goingOn, listPage } from "../listing.ts";
import { listedPrefixes } from "../object-listing.ts";
import { canonicalUser } from "../owner.ts";
import { timestamp } from "../timestamp.ts";
import { isUploadIdOf } from "../upload-id.ts";

/**
 * The uploads that are neither complete nor aborted, by key, and those of one key by the time of their beginning.
 * @throws NoSuchBucket, InvalidArgument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
 */
export const listMultipartUploads: Operation<"ListMultipartUploads"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  const { Prefix: prefix = "", Delimiter: delimiter = "", KeyMarker: keyMarker = "" } = input;
  // an id means nothing without its key
  const idMarker = keyMarker === "" ? "" : (input.UploadIdMarker ?? "");
  if (idMarker !== "" && !isUploadIdOf(idMarker, keyMarker)) {
    throw invalidArgument("Invalid uploadId marker", "upload-id-marker", idMarker);
  }
  const limit = pageSize(input.MaxUploads, "max-uploads");
  const encode = keyEncoder(input.EncodingType);

  const list = { prefix, delimiter, after: keyMarker, limit };
  const all = ctx.store.uploads(bucket.name);
  const seek = idMarker === "" ? all : goingOn(all, list, ctx.store.uploadsAfter(bucket.name, keyMarker, idMarker));
  const page = listPage(seek, list);
  const lastUpload = page.entries.at(-1);
  const endsWithUpload = lastUpload !== undefined && lastUpload.key === page.last;
  return {
    Bucket: bucket.name,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    // where the page ends, also when nothing follows; S3 leaves it open where the last page has nothing but common prefixes
    NextKeyMarker: lastUpload === undefined && !page.isTruncated ? "" : encode(page.last ?? ""),
    NextUploadIdMarker: endsWithUpload ? lastUpload.value.id : "",
    ...(prefix !== "" && { Prefix: encode(prefix) }),
    ...(delimiter !== "" && { Delimiter: encode(delimiter) }),
    MaxUploads: limit,
    IsTruncated: page.isTruncated,
    ...(page.entries.length > 0 && {
      Uploads: page.entries.map(({ key, value }) => ({
        UploadId: value.id,
        Key: encode(key),
        Initiated: timestamp(value.initiatedMs),
        StorageClass: (value.storageClass ?? "STANDARD") as "STANDARD",
        Owner: canonicalUser(value.owner ?? bucket.account),
        Initiator: canonicalUser(value.initiator ?? bucket.account),
        ...(value.checksum && { ChecksumAlgorithm: value.checksum.algorithm, ChecksumType: value.checksum.type }),
      })),
    }),
    ...(page.commonPrefixes.length > 0 && { CommonPrefixes: listedPrefixes(page, encode) }),
    ...(input.EncodingType && { EncodingType: input.EncodingType }),
  };
};
