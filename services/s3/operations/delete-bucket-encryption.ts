import type { Operation } from "../index.ts";

/**
 * Back to the default, which is SSE-S3 as well.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketEncryption.html
 */
export const deleteBucketEncryption: Operation<"DeleteBucketEncryption"> = (ctx, input) => {
  const { encryption: _encryption, ...bucket } = ctx.store.bucket(input);
  ctx.store.updateBucket(bucket);
  return {};
};
