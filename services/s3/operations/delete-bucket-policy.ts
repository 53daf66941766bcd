import type { Operation } from "../index.ts";

/**
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html
 */
export const deleteBucketPolicy: Operation<"DeleteBucketPolicy"> = (ctx, input) => {
  const { policy: _policy, ...bucket } = ctx.store.bucket(input);
  ctx.store.updateBucket(bucket);
  return {};
};
