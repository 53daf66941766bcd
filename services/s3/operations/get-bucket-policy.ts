import { notConfigured } from "../errors.ts";
import type { Operation } from "../index.ts";
import { answeredPolicy } from "../policy.ts";

/**
 * @throws NoSuchBucket, NoSuchBucketPolicy
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html
 */
export const getBucketPolicy: Operation<"GetBucketPolicy"> = (ctx, input) => {
  const { policy, name } = ctx.store.bucket(input);
  if (policy === undefined) throw notConfigured("NoSuchBucketPolicy", "The bucket policy does not exist", name);
  ctx.response.headers["content-type"] = "application/json";
  return { Policy: answeredPolicy(policy) };
};
