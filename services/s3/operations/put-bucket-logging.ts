import { readTarget } from "../access-log/target.ts";
import { checkDocumentDigests } from "../document-digests.ts";
import type { Operation } from "../index.ts";

/**
 * Says to which bucket the access logs of this one go, or, without a target, that it has none.
 * @throws NoSuchBucket, InvalidTargetBucketForLogging, CrossLocationLoggingProhibitted, MalformedXML, AccessControlListNotSupported
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html
 */
export const putBucketLogging: Operation<"PutBucketLogging"> = (ctx, input) => {
  const { logging: _before, ...bucket } = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const logging = readTarget(ctx.store, bucket, input.BucketLoggingStatus);
  ctx.store.updateBucket({ ...bucket, ...(logging && { logging }) });
  return {};
};
