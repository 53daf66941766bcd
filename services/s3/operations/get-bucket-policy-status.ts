import { notConfigured } from "../errors.ts";
import type { Operation } from "../index.ts";
import { isPublic, statementsOf } from "../policy.ts";

/**
 * Whether the bucket's policy allows something to everyone.
 * @throws NoSuchBucket, NoSuchBucketPolicy
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html
 */
export const getBucketPolicyStatus: Operation<"GetBucketPolicyStatus"> = (ctx, input) => {
  const { policy, name } = ctx.store.bucket(input);
  if (policy === undefined) throw notConfigured("NoSuchBucketPolicy", "The bucket policy does not exist", name);
  return { PolicyStatus: { IsPublic: isPublic(statementsOf(policy)) } };
};
