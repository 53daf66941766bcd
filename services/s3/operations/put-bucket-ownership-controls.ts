import { aclWithOwnership, malformedXml } from "../errors.ts";
import { checkDocumentDigests } from "../document-digests.ts";
import type { Operation } from "../index.ts";
import { canonicalUser } from "../owner.ts";

/**
 * Says who owns what others write, and with it whether access control lists count.
 * @throws NoSuchBucket, MalformedXML, InvalidBucketAclWithObjectOwnership
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketOwnershipControls.html
 */
export const putBucketOwnershipControls: Operation<"PutBucketOwnershipControls"> = (ctx, input) => {
  const { ownership: _before, ...bucket } = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const rules: readonly { ObjectOwnership?: string }[] = input.OwnershipControls?.Rules ?? [];
  const ownership = rules[0]?.ObjectOwnership;
  if (rules.length !== 1) throw malformedXml();
  if (ownership === "ObjectWriter" || ownership === "BucketOwnerPreferred") {
    ctx.store.updateBucket({ ...bucket, ownership });
    return {};
  }
  if (ownership !== "BucketOwnerEnforced") throw malformedXml();
  const owner = canonicalUser(bucket.account).ID;
  if (bucket.acl?.some(({ to }) => to !== owner)) throw aclWithOwnership();
  ctx.store.updateBucket(bucket);
  return {};
};
