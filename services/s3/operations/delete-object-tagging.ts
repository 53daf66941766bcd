import { causeOf } from "../causes.ts";
import type { Operation } from "../index.ts";
import { findTagged, versionMember } from "../versions.ts";

/**
 * @throws NoSuchBucket, NoSuchKey, MethodNotAllowed for a delete marker
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html
 */
export const deleteObjectTagging: Operation<"DeleteObjectTagging"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  ctx.store.updateObject(
    bucket.name,
    input.Key,
    () => findTagged(ctx, bucket, input),
    ({ tags: _tags, ...record }) => record,
    causeOf(ctx, "ObjectTagging:Delete"),
  );
  return versionMember(bucket, findTagged(ctx, bucket, input));
};
