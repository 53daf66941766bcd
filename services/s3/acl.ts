import type { AwsError } from "../../emulator/model/errors.ts";
import {
  accessDenied,
  aclNotSupported,
  aclWithOwnership,
  invalidArgument,
  invalidRequest,
  malformedAcl,
  malformedXml,
  methodNotAllowed,
  missingHeader,
  unexpectedContent,
} from "./errors.ts";
import type { S3Context } from "./index.ts";
import type { BucketRecord, Grant, Permission } from "./model.ts";
import { ANONYMOUS_OWNER, canonicalUser } from "./owner.ts";
import { publicAccessBlockOf } from "./public-access-block.ts";

const GROUPS = "http://acs.amazonaws.com/groups/";
export const ALL_USERS = `${GROUPS}global/AllUsers`;
export const AUTHENTICATED_USERS = `${GROUPS}global/AuthenticatedUsers`;
export const LOG_DELIVERY = `${GROUPS}s3/LogDelivery`;
const KNOWN_GROUPS: readonly string[] = [ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY];
const MOST_GRANTS = 100;
const GRANTEES: readonly string[] = ["CanonicalUser", "Group", "AmazonCustomerByEmail"];
const PERMISSIONS: readonly string[] = ["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"];

/** The forms in which a request can give an access control list. */
export interface AclInput {
  readonly ACL?: string;
  readonly GrantFullControl?: string;
  readonly GrantRead?: string;
  readonly GrantReadACP?: string;
  readonly GrantWrite?: string;
  readonly GrantWriteACP?: string;
}

interface GivenGrant {
  readonly Grantee?: { Type?: string | undefined; ID?: string; URI?: string; EmailAddress?: string };
  readonly Permission?: string;
}

export interface GivenPolicy {
  readonly Owner?: { readonly ID?: string };
  readonly Grants?: readonly GivenGrant[];
}

const HEADERS = [
  ["GrantFullControl", "x-amz-grant-full-control", "FULL_CONTROL"],
  ["GrantRead", "x-amz-grant-read", "READ"],
  ["GrantReadACP", "x-amz-grant-read-acp", "READ_ACP"],
  ["GrantWrite", "x-amz-grant-write", "WRITE"],
  ["GrantWriteACP", "x-amz-grant-write-acp", "WRITE_ACP"],
] as const;

/** Whether lists count in a bucket: they do not where its owner owns all that is in it, as in every new one. */
export const hasAcls = ({ ownership }: Pick<BucketRecord, "ownership">): boolean => ownership !== undefined;

const hasGrants = (input: AclInput): boolean => HEADERS.some(([member]) => input[member] !== undefined);
export const isGiven = (input: AclInput): boolean => input.ACL !== undefined || hasGrants(input);

/** The list that nobody gave: all for the owner. */
export const privateTo = (owner: string): Grant[] => [{ to: canonicalUser(owner).ID, permission: "FULL_CONTROL" }];

/** The account of whoever makes a call. */
export const writerOf = ({ principal, account }: Pick<S3Context, "principal" | "account">): string =>
  principal.type === "anonymous" ? ANONYMOUS_OWNER : account;

/** Whose a new object is, and what its list grants. */
export interface Owned {
  /** Undefined: the owner of the bucket. */
  readonly owner?: string;
  /** Undefined: private. */
  readonly acl?: readonly Grant[];
}

/**
 * Whose the object is that somebody writes, by the ownership that the bucket is set to.
 * @param writer the account of whoever writes; anonymous is one too
 * @throws AwsError AccessControlListNotSupported, AccessDenied for a public list that BlockPublicAcls forbids
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
 */
export function ownedBy(bucket: BucketRecord, writer: string, input: AclInput): Owned {
  const isWriters =
    hasAcls(bucket) &&
    writer !== bucket.account &&
    !(bucket.ownership === "BucketOwnerPreferred" && input.ACL === "bucket-owner-full-control");
  const owner = isWriters ? { owner: writer } : {};
  const acl = givenAcl(bucket, isWriters ? writer : bucket.account, input);
  return acl ? { ...owner, acl } : owner;
}

/** These say no more than what holds in every bucket. */
const OWNER_ACLS: readonly (string | undefined)[] = [undefined, "private", "bucket-owner-full-control"];

/**
 * The list of an object that a request gives by its name or in headers; undefined: the private one.
 * @throws AwsError AccessControlListNotSupported, AccessDenied, InvalidArgument
 */
function givenAcl(bucket: BucketRecord, owner: string, input: AclInput): Grant[] | undefined {
  if (!isGiven(input)) return undefined;
  const grants = read(input, owner, bucket.account);
  if (hasAcls(bucket)) return guarded(bucket, grants);
  if (!OWNER_ACLS.includes(input.ACL) || hasGrants(input)) throw aclNotSupported();
  return undefined;
}

/** The list of a bucket, as its creation gives it. @throws AwsError */
export function givenBucketAcl(bucket: BucketRecord, input: AclInput): Grant[] | undefined {
  if (!isGiven(input)) return undefined;
  if (!hasAcls(bucket)) {
    if (input.ACL === "private" && !hasGrants(input)) return undefined;
    throw aclWithOwnership();
  }
  return guarded(bucket, read(input, bucket.account, bucket.account));
}

/** What PutBucketAcl and PutObjectAcl put: by name, in headers or in a document. @throws AwsError */
export function replacedAcl(
  bucket: BucketRecord,
  owner: string,
  input: AclInput & { readonly AccessControlPolicy?: GivenPolicy },
): Grant[] {
  const { AccessControlPolicy: document } = input;
  if (document !== undefined && isGiven(input)) throw unexpectedContent();
  if (document === undefined && !isGiven(input)) throw missingHeader("x-amz-acl");
  const grants = document ? readDocument(document, owner) : read(input, owner, bucket.account);
  if (!hasAcls(bucket)) {
    const isOwners = document
      ? grants.length === 1 && grants[0]?.permission === "FULL_CONTROL" && grants[0].to === canonicalUser(owner).ID
      : input.ACL === "bucket-owner-full-control" && !hasGrants(input);
    if (!isOwners) throw aclNotSupported();
    return privateTo(owner);
  }
  return guarded(bucket, grants);
}

function read(input: AclInput, owner: string, bucketOwner: string): Grant[] {
  const grants = HEADERS.flatMap(([member, header, permission]) =>
    input[member] === undefined ? [] : parseGrantees(input[member], header).map((to) => ({ to, permission })),
  );
  if (input.ACL === undefined) return grants;
  if (grants.length > 0) throw bothForms();
  return canned(input.ACL, owner, bucketOwner);
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl */
function canned(name: string, owner: string, bucketOwner: string): Grant[] {
  const own = privateTo(owner);
  const ofBucketOwner = (permission: Permission): Grant[] =>
    owner === bucketOwner ? own : [...own, { to: canonicalUser(bucketOwner).ID, permission }];
  switch (name) {
    case "private":
      return own;
    case "public-read":
      return [...own, { to: ALL_USERS, permission: "READ" }];
    case "public-read-write":
      return [...own, { to: ALL_USERS, permission: "READ" }, { to: ALL_USERS, permission: "WRITE" }];
    case "authenticated-read":
      return [...own, { to: AUTHENTICATED_USERS, permission: "READ" }];
    case "aws-exec-read":
      return own; // the account of EC2 that it is for does not read here
    case "bucket-owner-read":
      return ofBucketOwner("READ");
    case "bucket-owner-full-control":
      return ofBucketOwner("FULL_CONTROL");
    case "log-delivery-write":
      return [...own, { to: LOG_DELIVERY, permission: "WRITE" }, { to: LOG_DELIVERY, permission: "READ_ACP" }];
    default:
      throw invalidArgument("", "x-amz-acl", name);
  }
}

/** `id="...", uri="..."`: quotes may be left out. */
function parseGrantees(header: string, name: string): string[] {
  return header.split(",").map((one) => {
    const [, kind = "", value = ""] = /^\s*(\w+)\s*=\s*"?([^"]*?)"?\s*$/.exec(one) ?? [];
    switch (kind.toLowerCase()) {
      case "id":
        return checkedId(value, "id");
      case "uri":
        return checkedGroup(value, "uri");
      case "emailaddress":
        throw emailGrantee();
      default:
        throw invalidArgument("Argument format not recognized", name, header);
    }
  });
}

function readDocument({ Owner, Grants }: GivenPolicy, owner: string): Grant[] {
  if (Owner?.ID === undefined) throw malformedAcl();
  if (checkedId(Owner.ID, "CanonicalUser/ID") !== canonicalUser(owner).ID) throw accessDenied();
  return readGrants(Grants ?? [], PERMISSIONS, malformedAcl);
}

/** The grants of a document, each of one of the permissions. @throws AwsError InvalidArgument, and what `malformed` makes */
export function readGrants(
  grants: readonly GivenGrant[],
  permissions: readonly string[],
  malformed: () => AwsError = malformedXml,
): Grant[] {
  if (grants.length > MOST_GRANTS) throw malformed();
  return grants.map(({ Grantee, Permission: permission = "" }) => {
    if (!Grantee || !permissions.includes(permission)) throw malformed();
    if (Grantee.Type !== undefined && !GRANTEES.includes(Grantee.Type)) throw malformed();
    if (Grantee.Type === "AmazonCustomerByEmail" || Grantee.EmailAddress !== undefined) throw emailGrantee();
    const to =
      Grantee.URI === undefined
        ? checkedId(Grantee.ID ?? "", "CanonicalUser/ID")
        : checkedGroup(Grantee.URI, "Group/URI");
    return { to, permission: permission as Permission };
  });
}

function checkedId(id: string, argument: string): string {
  if (!/^[0-9a-f]{64}$/.test(id)) throw invalidArgument("Invalid id", argument, id);
  return id;
}

function checkedGroup(uri: string, argument: string): string {
  if (!KNOWN_GROUPS.includes(uri)) throw invalidArgument("Invalid group uri", argument, uri);
  return uri;
}

/** AWS takes no e-mail addresses any more. */
const emailGrantee = () => methodNotAllowed("PUT", "ACL");

const bothForms = () => invalidRequest("Specifying both Canned ACLs and Header Grants is not allowed");

export const areSameGrants = (some: readonly Grant[], others: readonly Grant[]): boolean =>
  some.length === others.length &&
  some.every(({ to, permission }, index) => to === others[index]?.to && permission === others[index].permission);

export const isPublicGrant = ({ to }: Grant): boolean => to === ALL_USERS || to === AUTHENTICATED_USERS;

function guarded(bucket: BucketRecord, grants: Grant[]): Grant[] {
  if (publicAccessBlockOf(bucket)?.BlockPublicAcls && grants.some(isPublicGrant)) throw accessDenied();
  return grants;
}

/** A list as GetBucketAcl and GetObjectAcl answer it. */
export const aclMembers = (owner: string, acl: readonly Grant[] = privateTo(owner)) => ({
  Owner: canonicalUser(owner),
  Grants: acl.map(({ to, permission }) => ({
    Grantee: to.startsWith(GROUPS) ? { Type: "Group" as const, URI: to } : { Type: "CanonicalUser" as const, ID: to },
    Permission: permission,
  })),
});
