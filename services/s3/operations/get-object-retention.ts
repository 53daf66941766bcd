import { bucketWithoutLock, noObjectLock } from "../errors.ts";
import type { Operation } from "../index.ts";
import { findObject } from "../versions.ts";

/**
 * @throws NoSuchBucket, NoSuchKey, InvalidRequest, NoSuchObjectLockConfiguration
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html
 */
export const getObjectRetention: Operation<"GetObjectRetention"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  if (!bucket.objectLock) throw bucketWithoutLock();
  const { retention } = findObject(ctx, bucket, input);
  if (!retention) throw noObjectLock();
  return { Retention: { Mode: retention.mode, RetainUntilDate: new Date(retention.untilMs) } };
};
