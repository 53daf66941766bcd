import { ownedBy, writerOf } from "../acl.ts";
import { checksumMembersWithType } from "../checksums.ts";
import { causeOf } from "../causes.ts";
import { checkWriteConditions, checkWriteForm, hasWriteConditions } from "../conditions.ts";
import { readCustomerKey } from "../customer-key.ts";
import { encryptionMembers, encryptionOf } from "../encryption.ts";
import type { Operation } from "../index.ts";
import { expirationMember } from "../lifecycle.ts";
import type { Checksum } from "../model.ts";
import { checkKey } from "../keys.ts";
import { checkLockIntegrity, givenLock, lockOf } from "../object-lock.ts";
import { propertiesFrom } from "../object-properties.ts";
import { PostedFile } from "../posted-file.ts";
import { hasDigest, receiveBody } from "../receive-body.ts";
import { refuseWriteHeaders } from "../refusals.ts";
import { parseTagging } from "../tags.ts";
import { newVersionMember } from "../versions.ts";

/**
 * Puts an object, whole or not at all: until the answer, and if anything fails, the object that was there stays.
 * @throws NoSuchBucket, KeyTooLongError, MetadataTooLarge, BadDigest, InvalidDigest, XAmzContentSHA256Mismatch,
 *   PreconditionFailed, EntityTooLarge, MissingContentLength, NotImplemented
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export const putObject: Operation<"PutObject"> = async (ctx, input) => {
  const { Key: key } = input;
  const bucket = ctx.store.bucket(input);
  checkKey(key);
  refuseWriteHeaders(input);
  checkWriteForm(input);
  const customerKey = readCustomerKey(input);
  const properties = {
    ...propertiesFrom(ctx, input),
    ...encryptionOf(ctx, bucket, input, customerKey),
    ...ownedBy(bucket, writerOf(ctx), input),
  };
  const given = givenLock(bucket, input, ctx.clock.now());
  // the bucket's default asks for it too; a form and a call of another service have no header for it
  const lock = ctx.request ? lockOf(bucket, given, ctx.clock.now()) : given;
  checkLockIntegrity(lock, () => hasDigest(ctx, input), "Object");
  const tags = parseTagging(input.Tagging);
  const check = checkWriteConditions(input, key);
  // before the body comes; again in the transaction of the write
  if (hasWriteConditions(input)) check(ctx.store.object(bucket.name, key));

  const { received, etag, checksum: computed } = await receiveBody(ctx, input, { key: customerKey });
  const checksum: Checksum = { ...computed, type: "FULL_OBJECT" };
  const { sizeBytes } = received.body;
  const modifiedMs = ctx.clock.now();
  const record = {
    ...properties,
    ...lockOf(bucket, given, modifiedMs),
    sizeBytes,
    etag,
    modifiedMs,
    checksum,
    ...(tags && { tags }),
  };
  const kept = await ctx.store.putObject(
    bucket.name,
    key,
    record,
    received,
    check,
    causeOf(ctx, `ObjectCreated:${input.Body instanceof PostedFile ? "Post" : "Put"}`),
  );
  return {
    ETag: `"${etag}"`,
    ...encryptionMembers(kept),
    ...newVersionMember(kept),
    ...expirationMember(bucket, key, kept),
    ...checksumMembersWithType(checksum),
  };
};
