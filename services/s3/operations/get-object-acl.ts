import type { Operation } from "../index.ts";
import { canonicalUser } from "../owner.ts";
import { findObject } from "../versions.ts";

/**
 * ACLs are off: the bucket's owner has full control.
 * @throws NoSuchBucket, NoSuchKey
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html
 */
export const getObjectAcl: Operation<"GetObjectAcl"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  findObject(ctx, bucket, input);
  const owner = canonicalUser(bucket.account);
  return { Owner: owner, Grants: [{ Grantee: { Type: "CanonicalUser", ...owner }, Permission: "FULL_CONTROL" }] };
};
