import { notConfigured } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * No bucket is a website: making it one is refused.
 * @throws NoSuchBucket, NoSuchWebsiteConfiguration
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketWebsite.html
 */
export const getBucketWebsite: Operation<"GetBucketWebsite"> = (ctx, input) => {
  throw notConfigured(
    "NoSuchWebsiteConfiguration",
    "The specified bucket does not have a website configuration",
    ctx.store.bucket(input).name,
  );
};
