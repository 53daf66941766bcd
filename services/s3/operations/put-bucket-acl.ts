import { replacedAcl } from "../acl.ts";
import { checkDocumentDigests } from "../document-digests.ts";
import type { Operation } from "../index.ts";

/**
 * Puts a list in the place of the one that the bucket has.
 * @throws NoSuchBucket, AccessControlListNotSupported, AccessDenied for a public list that BlockPublicAcls forbids, MalformedXML
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html
 */
export const putBucketAcl: Operation<"PutBucketAcl"> = (ctx, input) => {
  const { acl: _before, ...bucket } = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const acl = replacedAcl(bucket, bucket.account, input);
  ctx.store.updateBucket({ ...bucket, acl });
  return {};
};
