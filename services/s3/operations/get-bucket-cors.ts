import { notConfigured } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * No bucket has CORS rules: giving them is refused.
 * @throws NoSuchBucket, NoSuchCORSConfiguration
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html
 */
export const getBucketCors: Operation<"GetBucketCors"> = (ctx, input) => {
  throw notConfigured("NoSuchCORSConfiguration", "The CORS configuration does not exist", ctx.store.bucket(input).name);
};
