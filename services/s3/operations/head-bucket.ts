import type { Operation } from "../index.ts";

/**
 * Says whether there is a bucket that the caller may use, and its region. Errors have no body.
 * @throws NoSuchBucket (404), AccessDenied (403)
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 */
export const headBucket: Operation<"HeadBucket"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  ctx.response.headers["content-type"] = "application/xml";
  return { BucketRegion: bucket.region, BucketArn: `arn:aws:s3:::${bucket.name}`, AccessPointAlias: false };
};
