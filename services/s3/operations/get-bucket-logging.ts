import type { Operation } from "../index.ts";

/**
 * No bucket logs its requests: asking for it is refused.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLogging.html
 */
export const getBucketLogging: Operation<"GetBucketLogging"> = (ctx, input) => {
  ctx.store.bucket(input);
  return {};
};
