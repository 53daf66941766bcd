import type { Operation } from "../index.ts";
import { systemTagsOf, systemTagStays } from "../tags.ts";

/**
 * @throws NoSuchBucket, InvalidTag
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketTagging.html
 */
export const deleteBucketTagging: Operation<"DeleteBucketTagging"> = (ctx, input) => {
  const { tags, ...bucket } = ctx.store.bucket(input);
  if (systemTagsOf(tags).length > 0) throw systemTagStays();
  ctx.store.updateBucket(bucket);
  return {};
};
