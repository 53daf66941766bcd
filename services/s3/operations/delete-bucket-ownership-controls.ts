import type { Operation } from "../index.ts";

/**
 * Without any controls writers own what they write, as it was before there were controls.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketOwnershipControls.html
 */
export const deleteBucketOwnershipControls: Operation<"DeleteBucketOwnershipControls"> = (ctx, input) => {
  ctx.store.updateBucket({ ...ctx.store.bucket(input), ownership: "removed" });
  return {};
};
