import type { Operation } from "../index.ts";
import { configurationMember } from "../request-metrics/configuration.ts";
import { malformedContinuationToken } from "../request-metrics/errors.ts";
import { readToken, writeToken } from "../tokens.ts";

const MOST_LISTED = 100;

/**
 * The configurations of a bucket's request metrics by their ids, up to 100 at a time.
 * @throws NoSuchBucket, MalformedContinuationToken
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketMetricsConfigurations.html
 */
export const listBucketMetricsConfigurations: Operation<"ListBucketMetricsConfigurations"> = (ctx, input) => {
  const { metrics = [] } = ctx.store.bucket(input);
  const { ContinuationToken: token } = input;
  const after = token ? readToken(token, malformedContinuationToken) : "";
  const left = metrics.filter(({ id }) => id > after);
  const listed = left.slice(0, MOST_LISTED);
  const isTruncated = listed.length < left.length;
  return {
    IsTruncated: isTruncated,
    ...(token !== undefined && { ContinuationToken: token }),
    ...(isTruncated && { NextContinuationToken: writeToken(listed.at(-1)?.id ?? "") }),
    ...(listed.length > 0 && { MetricsConfigurationList: listed.map(configurationMember) }),
  };
};
