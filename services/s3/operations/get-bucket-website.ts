import { noSuchWebsite } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * @throws NoSuchBucket, NoSuchWebsiteConfiguration
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketWebsite.html
 */
export const getBucketWebsite: Operation<"GetBucketWebsite"> = (ctx, input) => {
  const { website, name } = ctx.store.bucket(input);
  if (!website) throw noSuchWebsite(name);
  return website;
};
