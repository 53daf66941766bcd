import { preconditionFailed } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Ends an upload and removes its parts.
 * @throws NoSuchBucket, NoSuchUpload, PreconditionFailed
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
 */
export const abortMultipartUpload: Operation<"AbortMultipartUpload"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  const upload = ctx.store.upload(bucket.name, input.Key, input.UploadId);
  const begun = input.IfMatchInitiatedTime?.getTime();
  if (begun !== undefined && Math.floor(begun / 1000) !== Math.floor(upload.initiatedMs / 1000)) {
    throw preconditionFailed("x-amz-if-match-initiated-time");
  }
  ctx.store.abortUpload(bucket.name, input.Key, upload.id);
  return {};
};
