import { checkDocumentDigests } from "../document-digests.ts";
import { bucketWithoutLock, objectLocked } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkBypass, extendsRetention, readRetention } from "../object-lock.ts";
import { findObject } from "../versions.ts";

/**
 * Keeps a version until a date. What was promised is kept: a retention in compliance mode can be made longer only, and one in
 * governance mode given up by those who may bypass it.
 * @throws NoSuchBucket, NoSuchKey, InvalidRequest, MalformedXML, InvalidArgument, AccessDenied
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html
 */
export const putObjectRetention: Operation<"PutObjectRetention"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  if (!bucket.objectLock) throw bucketWithoutLock();
  const now = ctx.clock.now();
  const next = readRetention(input.Retention, now);
  ctx.store.updateObject(
    bucket.name,
    input.Key,
    () => findObject(ctx, bucket, input),
    ({ retention, ...record }) => {
      if (!extendsRetention({ ...(retention && { retention }) }, next, now)) {
        if (retention?.mode === "COMPLIANCE") throw objectLocked();
        checkBypass(ctx, input, input.BypassGovernanceRetention);
      }
      return { ...record, ...(next && { retention: next }) };
    },
  );
  return {};
};
