import { checkDocumentDigests } from "../document-digests.ts";
import { lockNeedsVersioning, malformedXml, missingRequestBody } from "../errors.ts";
import type { Operation } from "../index.ts";
import { readDefault } from "../object-lock.ts";

/**
 * Turns object lock on, for good, or changes the retention of the objects to come. What is in the bucket stays as it is.
 * @throws NoSuchBucket, InvalidBucketState, MissingRequestBodyError, MalformedXML, InvalidRetentionPeriod
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html
 */
export const putObjectLockConfiguration: Operation<"PutObjectLockConfiguration"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  if (input.ObjectLockConfiguration === undefined) throw missingRequestBody();
  const { ObjectLockEnabled: enabled, Rule: rule } = input.ObjectLockConfiguration;
  if (enabled !== "Enabled") throw malformedXml();
  const byDefault = rule && readDefault(rule);
  if (bucket.versioning !== "Enabled") throw lockNeedsVersioning();
  ctx.store.updateBucket({ ...bucket, objectLock: { ...(byDefault && { default: byDefault }) } });
  return {};
};
