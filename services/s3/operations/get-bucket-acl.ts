import type { Operation } from "../index.ts";
import { canonicalUser } from "../owner.ts";

/**
 * ACLs are off: the owner has full control.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html
 */
export const getBucketAcl: Operation<"GetBucketAcl"> = (ctx, input) => {
  const owner = canonicalUser(ctx.store.bucket(input).account);
  return { Owner: owner, Grants: [{ Grantee: { Type: "CanonicalUser", ...owner }, Permission: "FULL_CONTROL" }] };
};
