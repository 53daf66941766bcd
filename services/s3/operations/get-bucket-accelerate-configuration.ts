import type { Operation } from "../index.ts";

/**
 * Nothing for a bucket that never was accelerated.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAccelerateConfiguration.html
 */
export const getBucketAccelerateConfiguration: Operation<"GetBucketAccelerateConfiguration"> = (ctx, input) => {
  const { acceleration } = ctx.store.bucket(input);
  return acceleration === undefined ? {} : { Status: acceleration };
};
