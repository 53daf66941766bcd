import { notConfigured } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * @throws NoSuchBucket, NoSuchCORSConfiguration
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html
 */
export const getBucketCors: Operation<"GetBucketCors"> = (ctx, input) => {
  const { cors, name } = ctx.store.bucket(input);
  if (!cors) throw notConfigured("NoSuchCORSConfiguration", "The CORS configuration does not exist", name);
  return { CORSRules: [...cors] };
};
