import { notConfigured } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * No bucket is replicated: asking for it is refused.
 * @throws NoSuchBucket, ReplicationConfigurationNotFoundError
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketReplication.html
 */
export const getBucketReplication: Operation<"GetBucketReplication"> = (ctx, input) => {
  throw notConfigured(
    "ReplicationConfigurationNotFoundError",
    "The replication configuration was not found",
    ctx.store.bucket(input).name,
  );
};
