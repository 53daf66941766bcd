import type { Operation } from "../index.ts";

/**
 * No bucket is accelerated: asking for it is refused.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAccelerateConfiguration.html
 */
export const getBucketAccelerateConfiguration: Operation<"GetBucketAccelerateConfiguration"> = (ctx, input) => {
  ctx.store.bucket(input);
  return {};
};
