import { noSuchKey } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkVersionId } from "../object-properties.ts";

/**
 * @throws NoSuchBucket, NoSuchKey
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html
 */
export const getObjectTagging: Operation<"GetObjectTagging"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkVersionId(input.VersionId);
  const record = ctx.store.object(bucket.name, input.Key);
  if (!record) throw noSuchKey(input.Key);
  return { TagSet: [...(record.tags ?? [])] };
};
