import type { Operation } from "../index.ts";

/**
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketTagging.html
 */
export const deleteBucketTagging: Operation<"DeleteBucketTagging"> = (ctx, input) => {
  const { tags: _tags, ...bucket } = ctx.store.bucket(input);
  ctx.store.updateBucket(bucket);
  return {};
};
