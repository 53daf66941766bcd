import type { Operation } from "../index.ts";

/**
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketLifecycle.html
 */
export const deleteBucketLifecycle: Operation<"DeleteBucketLifecycle"> = (ctx, input) => {
  const { lifecycle: _lifecycle, transitionMinimumSize: _size, ...bucket } = ctx.store.bucket(input);
  ctx.store.updateBucket(bucket);
  return {};
};
