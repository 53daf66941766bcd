import { aclNotSupported } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * ACLs are off in every bucket, so AWS's answer is always the same.
 * @throws NoSuchBucket, AccessControlListNotSupported
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html
 */
export const putBucketAcl: Operation<"PutBucketAcl"> = (ctx, input) => {
  ctx.store.bucket(input);
  throw aclNotSupported();
};
