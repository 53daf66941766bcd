import type { Operation } from "../index.ts";
import { configurationMember, configurationOf } from "../request-metrics/configuration.ts";

/**
 * @throws NoSuchBucket, NoSuchConfiguration
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketMetricsConfiguration.html
 */
export const getBucketMetricsConfiguration: Operation<"GetBucketMetricsConfiguration"> = (ctx, input) => {
  const found = configurationOf(ctx.store.bucket(input), input.Id);
  return { MetricsConfiguration: configurationMember(found) };
};
