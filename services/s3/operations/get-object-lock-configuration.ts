import { notConfigured } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * No bucket has object lock: asking for it is refused.
 * @throws NoSuchBucket, ObjectLockConfigurationNotFoundError
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html
 */
export const getObjectLockConfiguration: Operation<"GetObjectLockConfiguration"> = (ctx, input) => {
  throw notConfigured(
    "ObjectLockConfigurationNotFoundError",
    "Object Lock configuration does not exist for this bucket",
    ctx.store.bucket(input).name,
  );
};
