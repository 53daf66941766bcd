import type { Operation } from "../index.ts";

/**
 * Nothing for a bucket that never had versioning.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html
 */
export const getBucketVersioning: Operation<"GetBucketVersioning"> = (ctx, input) => {
  const { versioning } = ctx.store.bucket(input);
  return versioning === undefined ? {} : { Status: versioning };
};
