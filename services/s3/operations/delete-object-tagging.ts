import { noSuchKey } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkVersionId } from "../object-properties.ts";

/**
 * @throws NoSuchBucket, NoSuchKey
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html
 */
export const deleteObjectTagging: Operation<"DeleteObjectTagging"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkVersionId(input.VersionId);
  ctx.store.updateObject(
    bucket.name,
    input.Key,
    ({ tags: _tags, ...record }) => record,
    () => noSuchKey(input.Key),
  );
  return {};
};
