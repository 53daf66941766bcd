import type { Operation } from "../index.ts";

/**
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketCors.html
 */
export const deleteBucketCors: Operation<"DeleteBucketCors"> = (ctx, input) => {
  const { cors: _cors, ...bucket } = ctx.store.bucket(input);
  ctx.store.updateBucket(bucket);
  return {};
};
