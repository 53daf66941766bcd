import type { Operation } from "../index.ts";
import { findObject, versionMember } from "../versions.ts";

/**
 * @throws NoSuchBucket, NoSuchKey
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html
 */
export const getObjectTagging: Operation<"GetObjectTagging"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  const record = findObject(ctx, bucket, input);
  return { TagSet: [...(record.tags ?? [])], ...versionMember(bucket, record) };
};
