import { targetMembers } from "../access-log/target.ts";
import type { Operation } from "../index.ts";

/**
 * Where the access logs of a bucket go.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLogging.html
 */
export const getBucketLogging: Operation<"GetBucketLogging"> = (ctx, input) => {
  const { logging } = ctx.store.bucket(input);
  return logging ? { LoggingEnabled: targetMembers(logging) } : {};
};
