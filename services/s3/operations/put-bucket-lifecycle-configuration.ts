import { checkDocumentDigests } from "../document-digests.ts";
import type { Operation } from "../index.ts";
import { checkLifecycle } from "../lifecycle-rules.ts";

/**
 * Puts these rules in the place of those that the bucket has. They are carried out at midnight UTC.
 * @throws NoSuchBucket, MalformedXML, InvalidRequest, InvalidArgument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
 */
export const putBucketLifecycleConfiguration: Operation<"PutBucketLifecycleConfiguration"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const lifecycle = checkLifecycle(input.LifecycleConfiguration?.Rules, ctx.ids);
  const transitionMinimumSize = input.TransitionDefaultMinimumObjectSize ?? "all_storage_classes_128K";
  ctx.store.updateBucket({ ...bucket, lifecycle, transitionMinimumSize });
  return { TransitionDefaultMinimumObjectSize: transitionMinimumSize };
};
