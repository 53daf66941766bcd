import type { Access, ConditionValue, Standing } from "../../emulator/model/access.ts";
import type { Principal } from "../../emulator/model/context.ts";
import { ALL_USERS, AUTHENTICATED_USERS, hasAcls, isPublicGrant, LOG_DELIVERY } from "./acl.ts";
import type { BucketRecord, Grant, ObjectRecord, Permission, UploadRecord } from "./model.ts";
import { ANONYMOUS_OWNER, canonicalUser } from "./owner.ts";
import { hasPublicPolicy } from "./policy.ts";
import { publicAccessBlockOf } from "./public-access-block.ts";
import type { S3Store } from "./store.ts";
import { isVersionId } from "./version-id.ts";
import { isDeleteMarker } from "./version-table.ts";

/** In whose name access logs are written. */
export const LOGGING_SERVICE = "logging.s3.amazonaws.com";

/** What each permission of a list allows. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html */
const BY_BUCKET_ACL: Readonly<Record<string, Permission>> = {
  "s3:ListBucket": "READ",
  "s3:ListBucketVersions": "READ",
  "s3:ListBucketMultipartUploads": "READ",
  "s3:PutObject": "WRITE",
  "s3:DeleteObject": "WRITE",
  "s3:GetBucketAcl": "READ_ACP",
  "s3:PutBucketAcl": "WRITE_ACP",
};
const BY_OBJECT_ACL: Readonly<Record<string, Permission>> = {
  "s3:GetObject": "READ",
  "s3:GetObjectVersion": "READ",
  "s3:GetObjectAcl": "READ_ACP",
  "s3:GetObjectVersionAcl": "READ_ACP",
  "s3:PutObjectAcl": "WRITE_ACP",
  "s3:PutObjectVersionAcl": "WRITE_ACP",
};

/** About an object that is there, which may be somebody else's than the bucket is. */
const OF_OBJECT =
  /^s3:(?:Get|Put)Object(?:Version)?(?:Acl|Tagging|Attributes|Retention|LegalHold)$|^s3:GetObject(?:Version)?$/;
/** A bucket's owner is not shut out of its policy by that policy. */
const OF_POLICY = /^s3:(?:Get|Put|Delete)BucketPolicy$/;

const PREFIX = "arn:aws:s3:::";
const NOWHERE: Standing = {
  owner: "aws",
  granted: "no",
  policyAllows: false,
  bindsRoot: false,
  conditions: () => ({}),
};

/** Whose a bucket or an object is, and what lists grant on it: the ARNs of S3 name no account. */
export function standingOf(store: S3Store, access: Access, caller: Principal): Standing | undefined {
  const { action, resource } = access;
  if (!resource.startsWith(PREFIX)) return undefined;
  const slash = resource.indexOf("/", PREFIX.length);
  const name = slash < 0 ? resource.slice(PREFIX.length) : resource.slice(PREFIX.length, slash);
  const isOfBucket = action !== "s3:CreateBucket" && action !== "s3:ListAllMyBuckets";
  const bucket = isOfBucket ? store.known(name) : undefined;
  if (!bucket) return caller.type === "anonymous" ? withoutBucket(isOfBucket) : undefined;
  const upload = () =>
    key === undefined || access.detail === undefined ? undefined : store.knownUpload(name, key, access.detail);
  const mayBeForeign = hasAcls(bucket) && slash >= 0 && OF_OBJECT.test(action);
  const key = slash < 0 ? undefined : resource.slice(slash + 1);
  const find = () => (key === undefined ? undefined : objectOf(store, name, key, access));
  const object = mayBeForeign ? find() : undefined;
  const owner = object?.owner ?? bucket.account;
  // who may write to a bucket may delete what is his own in it
  const isGrantable = action !== "s3:DeleteObject" || (hasAcls(bucket) && isOwn(find(), caller));
  const isBlocked =
    caller.type !== "service" &&
    caller.account !== bucket.account &&
    publicAccessBlockOf(bucket)?.RestrictPublicBuckets === true &&
    hasPublicPolicy(bucket);
  return {
    owner,
    granted:
      isBlocked || !isGrantable
        ? "no"
        : hasBegun(caller, upload())
          ? "account"
          : grantedBy(bucket, object, action, caller),
    // a bucket's policy can give away what is its owner's only
    policyAllows: !isBlocked && owner === bucket.account,
    bindsRoot: bucket.policy !== undefined && !OF_POLICY.test(action),
    conditions: () => conditionsOf(bucket, object ?? find()),
  };
}

const isOwn = (object: ObjectRecord | undefined, { type, account }: Principal): boolean =>
  object?.owner !== undefined && object.owner === (type === "anonymous" ? ANONYMOUS_OWNER : account);

/** Who began an upload may list its parts and abort it. */
const hasBegun = (caller: Principal, upload: UploadRecord | undefined): boolean =>
  caller.type !== "anonymous" && caller.type !== "service" && upload?.initiator === caller.account;

/** Whoever asks for a bucket that is not there hears so. */
const withoutBucket = (isOfBucket: boolean): Standing =>
  isOfBucket ? { ...NOWHERE, owner: "", granted: "role" } : NOWHERE;

function objectOf(store: S3Store, bucket: string, key: string, { conditions }: Access): ObjectRecord | undefined {
  const versionId = conditions?.["s3:VersionId"];
  if (typeof versionId !== "string") return store.object(bucket, key);
  const version = isVersionId(versionId) ? store.version(bucket, key, versionId) : undefined;
  return version && !isDeleteMarker(version) ? version : undefined;
}

function grantedBy(
  bucket: BucketRecord,
  object: ObjectRecord | undefined,
  action: string,
  caller: Principal,
): Standing["granted"] {
  if (!hasAcls(bucket)) return "no";
  const ofObject = BY_OBJECT_ACL[action];
  const permission = ofObject ?? BY_BUCKET_ACL[action];
  const acl = aclFor(bucket, object, ofObject);
  if (permission === undefined || !acl) return "no";
  if (caller.type === "service") return caller.service === LOGGING_SERVICE ? grantedToLogs(acl, permission) : "no";
  const ignoresPublic = publicAccessBlockOf(bucket)?.IgnorePublicAcls === true;
  let granted: Standing["granted"] = "no";
  for (const grant of acl) {
    if (grant.permission !== permission && grant.permission !== "FULL_CONTROL") continue;
    if (isPublicGrant(grant)) {
      if (!ignoresPublic && isIn(grant, caller)) return "role";
    } else if (caller.type !== "anonymous" && grant.to === canonicalUser(caller.account).ID) granted = "account";
  }
  return granted;
}

/** The list that counts. Whoever may read a bucket may ask for an object that is not there, and hears so. */
function aclFor(bucket: BucketRecord, object: ObjectRecord | undefined, ofObject: Permission | undefined) {
  if (ofObject === undefined) return bucket.acl;
  return object || ofObject !== "READ" ? object?.acl : bucket.acl;
}

const grantedToLogs = (acl: readonly Grant[], permission: Permission): Standing["granted"] =>
  acl.some((grant) => grant.to === LOG_DELIVERY && [permission, "FULL_CONTROL"].includes(grant.permission))
    ? "role"
    : "no";

const isIn = ({ to }: Grant, caller: Principal): boolean =>
  to === ALL_USERS || (to === AUTHENTICATED_USERS && caller.type !== "anonymous");

function conditionsOf(bucket: BucketRecord, object: ObjectRecord | undefined): Record<string, ConditionValue> {
  return {
    "aws:ResourceAccount": bucket.account,
    "s3:ResourceAccount": bucket.account,
    ...Object.fromEntries((object?.tags ?? []).map(({ Key, Value }) => [`s3:ExistingObjectTag/${Key}`, Value])),
  };
}
