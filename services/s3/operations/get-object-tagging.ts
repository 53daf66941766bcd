import type { Operation } from "../index.ts";
import { findTagged, versionMember } from "../versions.ts";

/**
 * @throws NoSuchBucket, NoSuchKey, MethodNotAllowed for a delete marker
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html
 */
export const getObjectTagging: Operation<"GetObjectTagging"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  // S3 names a missing object with its bucket here
  const record = findTagged(ctx, bucket, input, `${bucket.name}/${input.Key}`);
  return { TagSet: [...(record.tags ?? [])], ...versionMember(bucket, record) };
};
