import { checkDocumentDigests } from "../document-digests.ts";
import { noSuchKey } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkVersionId } from "../object-properties.ts";
import { checkTags } from "../tags.ts";

/**
 * Puts these tags in the place of those that the object has.
 * @throws NoSuchBucket, NoSuchKey, InvalidTag, MalformedXML, BadDigest
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
 */
export const putObjectTagging: Operation<"PutObjectTagging"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  checkVersionId(input.VersionId);
  const tags = checkTags(input.Tagging?.TagSet, "object");
  ctx.store.updateObject(
    bucket.name,
    input.Key,
    ({ tags: _before, ...record }) => ({ ...record, ...(tags.length > 0 && { tags }) }),
    () => noSuchKey(input.Key),
  );
  return {};
};
