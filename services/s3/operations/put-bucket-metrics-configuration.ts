import { checkDocumentDigests } from "../document-digests.ts";
import type { Operation } from "../index.ts";
import { readConfiguration, withConfiguration } from "../request-metrics/configuration.ts";

/**
 * Asks for metrics of a bucket's requests, or of those for some of its objects, under an id.
 * @throws NoSuchBucket, MalformedXML, InvalidRequest, TooManyConfigurations
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketMetricsConfiguration.html
 */
export const putBucketMetricsConfiguration: Operation<"PutBucketMetricsConfiguration"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const configuration = readConfiguration(input.Id, input.MetricsConfiguration);
  ctx.store.updateBucket(withConfiguration(bucket, configuration));
  ctx.response.status = 204;
  return {};
};
