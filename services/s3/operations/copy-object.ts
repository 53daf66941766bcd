import { ownedBy, writerOf } from "../acl.ts";
import { checksumMembersWithType, parseAlgorithm } from "../checksums.ts";
import { causeOf } from "../causes.ts";
import { checkWriteConditions, checkWriteForm } from "../conditions.ts";
import { checkCopySize, copySource, directive, type CopySource } from "../copy-source.ts";
import { readCustomerKey, type CustomerKey } from "../customer-key.ts";
import { encryptionMembers, encryptionOf } from "../encryption.ts";
import { headerNotSupported, invalidRequest } from "../errors.ts";
import type { Input, Operation } from "../index.ts";
import { expirationMember } from "../lifecycle.ts";
import type { BucketRecord, Checksum, ObjectProperties } from "../model.ts";
import { checkKey } from "../keys.ts";
import { givenLock, lockOf } from "../object-lock.ts";
import { expiresOf, propertiesFrom, redirectOf } from "../object-properties.ts";
import { receiveBody } from "../receive-body.ts";
import { refuseWriteHeaders } from "../refusals.ts";
import { parseTagging } from "../tags.ts";
import { timestamp } from "../timestamp.ts";
import { versionMember } from "../versions.ts";

/**
 * Copies an object of up to 5 GB, with its metadata and tags or with others. A copy of an object to itself has to change
 * something.
 * @throws NoSuchBucket, NoSuchKey, PreconditionFailed, InvalidRequest, InvalidArgument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export const copyObject: Operation<"CopyObject"> = async (ctx, input) => {
  const { Key: key } = input;
  const bucket = ctx.store.bucket(input);
  checkKey(key);
  refuseWriteHeaders(input);
  if (input.AnnotationDirective !== undefined) throw headerNotSupported("x-amz-annotation-directive");
  checkWriteForm(input);
  const lock = lockOf(bucket, givenLock(bucket, input, ctx.clock.now()), ctx.clock.now());
  const tagging = directive(input.TaggingDirective, "x-amz-tagging-directive", "tagging");
  const tags = parseTagging(input.Tagging);
  const customerKey = readCustomerKey(input);
  const source = copySource(ctx, input);
  checkCopySize(source.record.sizeBytes);
  const owned = ownedBy(bucket, writerOf(ctx), input);
  const properties = propertiesOfCopy(ctx, input, source, bucket, customerKey);
  const check = checkWriteConditions(input, key);
  check(ctx.store.object(bucket.name, key));

  const { record } = source;
  const wanted =
    input.ChecksumAlgorithm === undefined ? record.checksum.algorithm : parseAlgorithm(input.ChecksumAlgorithm);
  const Body = ctx.store.readObject(record, 0, record.sizeBytes - 1, source.customerKey);
  // the request has no body of its own to check
  const {
    received,
    etag,
    checksum: computed,
  } = await receiveBody({ store: ctx.store }, { Body }, { algorithm: wanted, key: customerKey });
  const checksum: Checksum = { ...computed, type: "FULL_OBJECT" };
  const modifiedMs = ctx.clock.now();
  const newTags = tagging === "REPLACE" ? tags : record.tags;
  const kept = await ctx.store.putObject(
    bucket.name,
    key,
    {
      ...properties,
      ...encryptionOf(ctx, bucket, input, customerKey),
      ...owned,
      ...lock,
      sizeBytes: record.sizeBytes,
      etag,
      modifiedMs,
      checksum,
      ...(newTags && { tags: newTags }),
    },
    received,
    check,
    causeOf(ctx, "ObjectCreated:Copy"),
  );
  return {
    CopyObjectResult: { ETag: `"${etag}"`, LastModified: timestamp(modifiedMs), ...checksumMembersWithType(checksum) },
    ...encryptionMembers(kept),
    ...versionMember(bucket, kept),
    ...expirationMember(bucket, key, kept),
    ...source.versionMember,
  };
};

function propertiesOfCopy(
  ctx: Parameters<typeof propertiesFrom>[0],
  input: Input<"CopyObject">,
  { bucket, key, record, isVersion, customerKey: sourceKey }: CopySource,
  target: BucketRecord,
  customerKey: CustomerKey | undefined,
): ObjectProperties {
  const metadata = directive(input.MetadataDirective, "x-amz-metadata-directive", "metadata");
  const { StorageClass, ServerSideEncryption, WebsiteRedirectLocation } = input;
  if (metadata === "REPLACE") return propertiesFrom(ctx, input);
  const isItself = bucket === input.Bucket && key === input.Key && !isVersion;
  // by a key of the customer's own, by what the bucket was told, by another kind of key: what is encrypted anew is changed
  const isReencrypted = (customerKey ?? sourceKey ?? target.encryption ?? record.kms) !== undefined;
  if (isItself && !isReencrypted && (StorageClass ?? ServerSideEncryption ?? WebsiteRedirectLocation) === undefined) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's " +
        "metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const { contentType, cacheControl, contentDisposition, contentEncoding, contentLanguage } = record;
  const expires = expiresOf(record);
  return {
    contentType,
    ...(cacheControl !== undefined && { cacheControl }),
    ...(contentDisposition !== undefined && { contentDisposition }),
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(contentLanguage !== undefined && { contentLanguage }),
    ...(expires !== undefined && { expires }),
    // a copy is STANDARD unless said, whatever its source was
    ...(StorageClass !== undefined && StorageClass !== "STANDARD" && { storageClass: StorageClass }),
    // it is not copied
    ...redirectOf(input),
    metadata: record.metadata,
  };
}
