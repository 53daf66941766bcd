import type { Operation } from "../index.ts";

/**
 * The default of every bucket: its owner owns the objects, ACLs are off.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html
 */
export const getBucketOwnershipControls: Operation<"GetBucketOwnershipControls"> = (ctx, input) => {
  ctx.store.bucket(input);
  return { OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] } };
};
