import { aclMembers, hasAcls } from "../acl.ts";
import type { Operation } from "../index.ts";
import { findObject, versionMember } from "../versions.ts";

/**
 * Who may read the object, beside what policies say. Where ACLs are off the bucket's owner has full control, and nobody else.
 * @throws NoSuchBucket, NoSuchKey
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html
 */
export const getObjectAcl: Operation<"GetObjectAcl"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  const object = findObject(ctx, bucket, input);
  Object.assign(ctx.response.headers, versionHeader(versionMember(bucket, object)));
  return hasAcls(bucket) ? aclMembers(object.owner ?? bucket.account, object.acl) : aclMembers(bucket.account);
};

const versionHeader = ({ VersionId }: { VersionId?: string }): Record<string, string> =>
  VersionId === undefined ? {} : { "x-amz-version-id": VersionId };
