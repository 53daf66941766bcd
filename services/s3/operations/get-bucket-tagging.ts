import { notConfigured } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * @throws NoSuchBucket, NoSuchTagSet
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html
 */
export const getBucketTagging: Operation<"GetBucketTagging"> = (ctx, input) => {
  const { tags, name } = ctx.store.bucket(input);
  if (!tags) throw notConfigured("NoSuchTagSet", "The TagSet does not exist", name);
  return { TagSet: [...tags] };
};
