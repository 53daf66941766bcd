import { notConfigured } from "../errors.ts";
import type { Operation } from "../index.ts";
import { ruleOf } from "../lifecycle-rules.ts";

/**
 * The rules as they were put, each with an id.
 * @throws NoSuchBucket, NoSuchLifecycleConfiguration
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html
 */
export const getBucketLifecycleConfiguration: Operation<"GetBucketLifecycleConfiguration"> = (ctx, input) => {
  const { lifecycle, transitionMinimumSize, name } = ctx.store.bucket(input);
  if (!lifecycle) {
    throw notConfigured("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", name);
  }
  return { Rules: lifecycle.map(ruleOf), TransitionDefaultMinimumObjectSize: transitionMinimumSize };
};
