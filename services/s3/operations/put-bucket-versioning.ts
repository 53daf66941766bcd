import { unsupported } from "../../../emulator/model/errors.ts";
import { checkDocumentDigests } from "../document-digests.ts";
import { illegalVersioning, malformedXml, versioningIsLocked } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Turns versioning on, or suspends it: it never goes back to what a new bucket has. What is in the bucket stays as it is.
 * @throws NoSuchBucket, IllegalVersioningConfigurationException, MalformedXML, NotImplemented for MFA delete
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html
 */
export const putBucketVersioning: Operation<"PutBucketVersioning"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  if (input.MFA !== undefined || input.VersioningConfiguration?.MFADelete === "Enabled")
    throw unsupported("MFA delete");
  const status: string | undefined = input.VersioningConfiguration?.Status;
  if (status === undefined) throw illegalVersioning();
  if (status !== "Enabled" && status !== "Suspended") throw malformedXml();
  if (bucket.objectLock && status !== "Enabled") throw versioningIsLocked();
  ctx.store.updateBucket({ ...bucket, versioning: status });
  return {};
};
