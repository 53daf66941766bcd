import { aclMembers, hasAcls } from "../acl.ts";
import type { Operation } from "../index.ts";

/**
 * Who may use the bucket, beside what policies say. Where ACLs are off its owner has full control, and nobody else.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html
 */
export const getBucketAcl: Operation<"GetBucketAcl"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  return aclMembers(bucket.account, hasAcls(bucket) ? bucket.acl : undefined);
};
