import { areSameGrants, hasAcls, privateTo, replacedAcl } from "../acl.ts";
import { causeOf } from "../causes.ts";
import { checkDocumentDigests } from "../document-digests.ts";
import type { Operation } from "../index.ts";
import { findTagged } from "../versions.ts";

/**
 * Puts a list in the place of the one that the object, or a version, has.
 * @throws NoSuchBucket, NoSuchKey, AccessControlListNotSupported, AccessDenied for a public list that BlockPublicAcls forbids
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html
 */
export const putObjectAcl: Operation<"PutObjectAcl"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  checkDocumentDigests(ctx, { required: false });
  const aclFor = (owner: string) => replacedAcl(bucket, owner, input);
  // refused whether there is such an object or not
  if (!hasAcls(bucket)) aclFor(bucket.account);
  ctx.store.updateObject(
    bucket.name,
    input.Key,
    () => findTagged(ctx, bucket, input),
    (object) => {
      const owner = object.owner ?? bucket.account;
      const acl = aclFor(owner);
      return areSameGrants(acl, object.acl ?? privateTo(owner)) ? object : { ...object, acl };
    },
    causeOf(ctx, "ObjectAcl:Put"),
  );
  return {};
};
