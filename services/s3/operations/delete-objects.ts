import { AwsError } from "../../../emulator/model/errors.ts";
import { removal } from "../access.ts";
import { checkDocumentDigests } from "../document-digests.ts";
import { headerNotSupported, malformedXml, noSuchKey, noSuchVersion, preconditionFailed } from "../errors.ts";
import { namesEtag } from "../conditions.ts";
import type { Input, Operation, S3Context } from "../index.ts";
import type { BucketRecord } from "../model.ts";
import { requireAccess } from "../permission.ts";
import { refuseBypass } from "../object-lock.ts";
import { refuseHeaders } from "../refusals.ts";
import { deleteVersion, type Deletion } from "../versions.ts";

const MOST = 1000;

type Identifier = NonNullable<Input<"DeleteObjects">["Delete"]["Objects"]>[number];

/**
 * Removes up to 1,000 objects. Each key has its own result; Quiet leaves out the successes.
 * @throws NoSuchBucket, MalformedXML, BadDigest, InvalidDigest
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 */
export const deleteObjects: Operation<"DeleteObjects"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  refuseHeaders(input);
  refuseBypass(bucket, input);
  checkDocumentDigests(ctx, { required: true });
  const { Objects, Quiet: quiet = false }: Partial<Input<"DeleteObjects">["Delete"]> = input.Delete ?? {};
  // a document may lack what the schema requires
  const objects: readonly Identifier[] = Objects ?? [];
  if (objects.length === 0 || objects.length > MOST) throw malformedXml();

  const deleted: { Key: string; VersionId?: string; DeleteMarker?: boolean; DeleteMarkerVersionId?: string }[] = [];
  const errors: { Key: string; VersionId?: string; Code: string; Message: string }[] = [];
  for (const object of objects) {
    const { Key: key, VersionId: versionId } = object;
    if (key === undefined) throw malformedXml();
    const named = { Key: key, ...(versionId !== undefined && { VersionId: versionId }) };
    try {
      requireAccess(ctx, removal({ Bucket: bucket.name, ...named }));
      const { DeleteMarker, VersionId } = remove(ctx, bucket, object, input.BypassGovernanceRetention);
      deleted.push({ ...named, ...(DeleteMarker && { DeleteMarker, DeleteMarkerVersionId: VersionId }) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      errors.push({ ...named, Code: error.name, Message: error.message });
    }
  }
  return { ...(!quiet && { Deleted: deleted }), ...(errors.length > 0 && { Errors: errors }) };
};

function remove(
  ctx: S3Context,
  bucket: BucketRecord,
  { Key: key, VersionId, ETag: etag, ...other }: Identifier,
  bypass: boolean | undefined,
): Deletion {
  if (other.LastModifiedTime !== undefined || other.Size !== undefined) throw headerNotSupported("x-amz-if-match-size");
  // an id that no version ever had is, among many, that of a version which is not there
  const refusal = (versionId: string) => noSuchVersion(key, versionId);
  return deleteVersion(ctx, bucket, { Key: key, VersionId, bypass, refusal }, (current) => {
    if (etag === undefined) return;
    if (!current) throw noSuchKey(key);
    if (!namesEtag(etag, current.etag)) throw preconditionFailed("If-Match");
  });
}
