import { TransitionDefaultMinimumObjectSize } from "@aws-sdk/client-s3";
import { checkDocumentDigests } from "../document-digests.ts";
import { invalidRequest } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkLifecycle } from "../lifecycle-rules.ts";

const MINIMUM_SIZES: readonly string[] = Object.values(TransitionDefaultMinimumObjectSize);

/**
 * Puts these rules in the place of those that the bucket has. They are carried out at midnight UTC.
 * @throws NoSuchBucket, MalformedXML, InvalidRequest, InvalidArgument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
 */
export const putBucketLifecycleConfiguration: Operation<"PutBucketLifecycleConfiguration"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const { TransitionDefaultMinimumObjectSize: transitionMinimumSize = "all_storage_classes_128K" } = input;
  if (!MINIMUM_SIZES.includes(transitionMinimumSize)) {
    throw invalidRequest(`Invalid TransitionDefaultMinimumObjectSize found: ${transitionMinimumSize}`);
  }
  const lifecycle = checkLifecycle(input.LifecycleConfiguration?.Rules, ctx.ids);
  ctx.store.updateBucket({ ...bucket, lifecycle, transitionMinimumSize });
  return { TransitionDefaultMinimumObjectSize: transitionMinimumSize };
};
