import type { Operation } from "../index.ts";

/**
 * No bucket notifies anybody: asking for it is refused.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html
 */
export const getBucketNotificationConfiguration: Operation<"GetBucketNotificationConfiguration"> = (ctx, input) => {
  ctx.store.bucket(input);
  return {};
};
