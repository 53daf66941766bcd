import { checkDocumentDigests } from "../document-digests.ts";
import type { Operation } from "../index.ts";
import { checkTags, systemTagsOf, tagSetOf } from "../tags.ts";

/**
 * Puts these tags in the place of those that the bucket has.
 * @throws NoSuchBucket, InvalidTag, MalformedXML, BadDigest
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html
 */
export const putBucketTagging: Operation<"PutBucketTagging"> = (ctx, input) => {
  const { tags: before, ...bucket } = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const tags = checkTags(tagSetOf(input), "bucket", systemTagsOf(before));
  ctx.store.updateBucket({ ...bucket, ...(tags.length > 0 && { tags }) });
  ctx.response.status = 204;
  return {};
};
