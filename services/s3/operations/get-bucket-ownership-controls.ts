import { notConfigured } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Who owns what others write: in a new bucket its owner.
 * @throws NoSuchBucket, OwnershipControlsNotFoundError
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html
 */
export const getBucketOwnershipControls: Operation<"GetBucketOwnershipControls"> = (ctx, input) => {
  const { ownership = "BucketOwnerEnforced", name } = ctx.store.bucket(input);
  if (ownership === "removed") {
    throw notConfigured("OwnershipControlsNotFoundError", "The bucket ownership controls were not found", name);
  }
  return { OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] } };
};
