import { bucketWithoutLock, noObjectLock } from "../errors.ts";
import type { Operation } from "../index.ts";
import { findObject } from "../versions.ts";

/**
 * @throws NoSuchBucket, NoSuchKey, InvalidRequest, NoSuchObjectLockConfiguration
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLegalHold.html
 */
export const getObjectLegalHold: Operation<"GetObjectLegalHold"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  if (!bucket.objectLock) throw bucketWithoutLock();
  const { legalHold } = findObject(ctx, bucket, input);
  if (!legalHold) throw noObjectLock();
  return { LegalHold: { Status: legalHold } };
};
