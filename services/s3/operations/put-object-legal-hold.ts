import { checkDocumentDigests } from "../document-digests.ts";
import { bucketWithoutLock, malformedXml } from "../errors.ts";
import type { Operation } from "../index.ts";
import { findObject } from "../versions.ts";

/**
 * Keeps a version until the hold is taken off.
 * @throws NoSuchBucket, NoSuchKey, InvalidRequest, MalformedXML
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLegalHold.html
 */
export const putObjectLegalHold: Operation<"PutObjectLegalHold"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  if (!input.LegalHold) throw malformedXml();
  if (!bucket.objectLock) throw bucketWithoutLock();
  const legalHold = input.LegalHold?.Status;
  if (legalHold !== "ON" && legalHold !== "OFF") throw malformedXml();
  ctx.store.updateObject(
    bucket.name,
    input.Key,
    () => findObject(ctx, bucket, input),
    (record) => ({ ...record, legalHold }),
  );
  return {};
};
