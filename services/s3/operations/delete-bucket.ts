import type { Operation } from "../index.ts";

/**
 * Removes an empty bucket, and with it the multipart uploads that nobody completed.
 * @throws NoSuchBucket, BucketNotEmpty
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html
 */
export const deleteBucket: Operation<"DeleteBucket"> = (ctx, input) => {
  ctx.store.deleteBucket(ctx.store.bucket(input).name);
  return {};
};
