import type { Operation } from "../index.ts";
import { withoutConfiguration } from "../request-metrics/configuration.ts";

/**
 * Ends the metrics of an id. What was measured stays in CloudWatch.
 * @throws NoSuchBucket, NoSuchConfiguration
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketMetricsConfiguration.html
 */
export const deleteBucketMetricsConfiguration: Operation<"DeleteBucketMetricsConfiguration"> = (ctx, input) => {
  ctx.store.updateBucket(withoutConfiguration(ctx.store.bucket(input), input.Id));
  return {};
};
