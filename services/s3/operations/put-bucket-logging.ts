import { unsupported } from "../../../emulator/model/errors.ts";
import { checkDocumentDigests } from "../document-digests.ts";
import type { Operation } from "../index.ts";

/**
 * Logging can be switched off, which it is in every bucket.
 * @throws NoSuchBucket, NotImplemented
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html
 */
export const putBucketLogging: Operation<"PutBucketLogging"> = (ctx, input) => {
  ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  if (input.BucketLoggingStatus?.LoggingEnabled) throw unsupported("Server access logging");
  return {};
};
