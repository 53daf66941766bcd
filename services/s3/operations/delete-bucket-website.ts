import type { Operation } from "../index.ts";

/**
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketWebsite.html
 */
export const deleteBucketWebsite: Operation<"DeleteBucketWebsite"> = (ctx, input) => {
  const { website: _website, ...bucket } = ctx.store.bucket(input);
  ctx.store.updateBucket(bucket);
  return {};
};
