import { noSuchKey, preconditionFailed } from "../errors.ts";
import { namesEtag } from "../conditions.ts";
import type { Operation } from "../index.ts";
import { refuseBypass } from "../object-lock.ts";
import { refuseHeaders } from "../refusals.ts";
import { deleteVersion } from "../versions.ts";

/**
 * Removes an object; that there is none is no error. In a bucket with versioning the object stays as an older version behind a
 * delete marker, and what is removed for good is the version that is named.
 * @throws NoSuchBucket, PreconditionFailed, NoSuchKey (only with If-Match)
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
 */
export const deleteObject: Operation<"DeleteObject"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  refuseHeaders(input);
  refuseBypass(bucket, input);
  const { Key: key, IfMatch: etag, BypassGovernanceRetention: bypass } = input;
  return deleteVersion(ctx, bucket, { Key: key, VersionId: input.VersionId, bypass }, (current) => {
    if (etag === undefined) return;
    if (!current) throw noSuchKey(key);
    if (!namesEtag(etag, current.etag)) throw preconditionFailed("If-Match");
  });
};
