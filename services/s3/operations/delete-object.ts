import { noSuchKey, preconditionFailed } from "../errors.ts";
import { namesEtag } from "../conditions.ts";
import type { Operation } from "../index.ts";
import { checkVersionId } from "../object-properties.ts";
import { refuseHeaders } from "../refusals.ts";

/**
 * Removes an object; that there is none is no error.
 * @throws NoSuchBucket, PreconditionFailed, NoSuchKey (only with If-Match)
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
 */
export const deleteObject: Operation<"DeleteObject"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  refuseHeaders(input);
  checkVersionId(input.VersionId);
  const { Key: key, IfMatch: etag } = input;
  ctx.store.removeObject(bucket.name, key, (current) => {
    if (etag === undefined) return;
    if (!current) throw noSuchKey(key);
    if (!namesEtag(etag, current.etag)) throw preconditionFailed("If-Match");
  });
  return {};
};
