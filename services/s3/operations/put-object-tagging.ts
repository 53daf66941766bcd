import { causeOf } from "../causes.ts";
import { checkDocumentDigests } from "../document-digests.ts";
import type { Operation } from "../index.ts";
import { checkTags, tagSetOf } from "../tags.ts";
import { findTagged, versionMember } from "../versions.ts";

/**
 * Puts these tags in the place of those that the object has.
 * @throws NoSuchBucket, NoSuchKey, MethodNotAllowed for a delete marker, InvalidTag, MalformedXML, BadDigest
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
 */
export const putObjectTagging: Operation<"PutObjectTagging"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const tags = checkTags(tagSetOf(input), "object");
  ctx.store.updateObject(
    bucket.name,
    input.Key,
    () => findTagged(ctx, bucket, input),
    ({ tags: _before, ...record }) => ({ ...record, ...(tags.length > 0 && { tags }) }),
    causeOf(ctx, "ObjectTagging:Put"),
  );
  return versionMember(bucket, findTagged(ctx, bucket, input));
};
