import { notConfigured } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * No bucket has lifecycle rules: giving them is refused.
 * @throws NoSuchBucket, NoSuchLifecycleConfiguration
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html
 */
export const getBucketLifecycleConfiguration: Operation<"GetBucketLifecycleConfiguration"> = (ctx, input) => {
  throw notConfigured(
    "NoSuchLifecycleConfiguration",
    "The lifecycle configuration does not exist",
    ctx.store.bucket(input).name,
  );
};
