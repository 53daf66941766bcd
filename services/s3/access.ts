import type { Access, AccessScope, AccessTable, ConditionValue } from "../../emulator/model/access.ts";
import { hasAcls, isGiven } from "./acl.ts";
import { parseCopySource } from "./copy-source.ts";
import type { S3Store } from "./store.ts";

interface InBucket {
  readonly Bucket: string;
}

interface OfObject extends InBucket {
  readonly Key: string;
  readonly VersionId?: string | undefined;
}

export const bucketArn = ({ Bucket }: InBucket): string => `arn:aws:s3:::${Bucket}`;
export const objectArn = ({ Bucket, Key }: Pick<OfObject, "Bucket" | "Key">): string => `arn:aws:s3:::${Bucket}/${Key}`;

const bucket =
  (action: string) =>
  (input: InBucket): Access[] => [{ action, resource: bucketArn(input) }];

const object =
  (action: string) =>
  (input: OfObject): Access[] => [{ action, resource: objectArn(input) }];

/** Whoever began an upload needs less for it than others do. */
const upload =
  (action: string) =>
  (input: OfObject & { readonly UploadId: string | undefined }): Access[] => [
    { action, resource: objectArn(input), detail: input.UploadId },
  ];

/** Actions on a version that is named are actions of their own. */
const version =
  (action: string, ofVersion: string) =>
  (input: OfObject): Access[] =>
    input.VersionId === undefined
      ? [{ action, resource: objectArn(input) }]
      : [{ action: ofVersion, resource: objectArn(input), conditions: { "s3:VersionId": input.VersionId } }];

const read = version("s3:GetObject", "s3:GetObjectVersion");
export const removal = version("s3:DeleteObject", "s3:DeleteObjectVersion");

/** What a write says of the object that it makes. */
interface Write extends OfObject {
  readonly ACL?: string | undefined;
  readonly GrantFullControl?: string | undefined;
  readonly GrantRead?: string | undefined;
  readonly GrantReadACP?: string | undefined;
  readonly GrantWriteACP?: string | undefined;
  readonly Tagging?: string | undefined;
  readonly ObjectLockMode?: string | undefined;
  readonly ObjectLockLegalHoldStatus?: string | undefined;
  readonly StorageClass?: string | undefined;
  readonly ObjectLockRetainUntilDate?: Date | undefined;
  readonly ServerSideEncryption?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  /** Of copies. */
  readonly CopySource?: string | undefined;
  readonly MetadataDirective?: string | undefined;
}

function given(values: Readonly<Record<string, string | undefined>>): Record<string, ConditionValue> {
  const found: Record<string, ConditionValue> = {};
  for (const name in values) if (values[name] !== undefined) found[name] = values[name];
  return found;
}

const tagKeys = (tagging: string): Record<string, ConditionValue> => {
  const tags = [...new URLSearchParams(tagging)];
  return {
    "s3:RequestObjectTagKeys": tags.map(([key]) => key),
    ...Object.fromEntries(tags.map(([key, value]) => [`s3:RequestObjectTag/${key}`, value])),
  };
};

/** Whether a call makes an object, or begins or fills an upload, which knows no conditional headers. */
const creation = (makesObject: boolean): Record<string, ConditionValue> => ({
  "s3:ObjectCreationOperation": String(makesObject),
});

type Part = Pick<Write, "Bucket" | "Key" | "CopySource" | "SSECustomerAlgorithm" | "IfMatch" | "IfNoneMatch">;

/** What puts a part of an upload, or makes its object. */
const part =
  (makesObject: boolean) =>
  (input: Part): Access[] => [
    {
      action: "s3:PutObject",
      resource: objectArn(input),
      conditions: {
        ...creation(makesObject),
        ...given({
          "s3:x-amz-server-side-encryption-customer-algorithm": input.SSECustomerAlgorithm,
          "s3:x-amz-copy-source": input.CopySource,
          "s3:if-match": input.IfMatch,
          "s3:if-none-match": input.IfNoneMatch,
        }),
      },
    },
  ];

/** An access control list or tags take permissions of their own; not the list of what will be the writer's. */
function write(
  input: Omit<Write, "VersionId">,
  { account }: AccessScope,
  store: unknown,
  makesObject = true,
): Access[] {
  const resource = objectArn(input);
  const conditions = {
    ...creation(makesObject),
    ...given({
      "s3:x-amz-acl": input.ACL,
      "s3:x-amz-grant-full-control": input.GrantFullControl,
      "s3:x-amz-grant-read": input.GrantRead,
      "s3:x-amz-grant-read-acp": input.GrantReadACP,
      "s3:x-amz-grant-write-acp": input.GrantWriteACP,
      "s3:x-amz-storage-class": input.StorageClass,
      "s3:x-amz-server-side-encryption": input.ServerSideEncryption,
      "s3:x-amz-server-side-encryption-aws-kms-key-id": input.SSEKMSKeyId,
      "s3:x-amz-server-side-encryption-customer-algorithm": input.SSECustomerAlgorithm,
      "s3:x-amz-website-redirect-location": input.WebsiteRedirectLocation,
      "s3:x-amz-copy-source": input.CopySource,
      "s3:x-amz-metadata-directive": input.MetadataDirective,
      "s3:if-match": input.IfMatch,
      "s3:if-none-match": input.IfNoneMatch,
      "s3:object-lock-mode": input.ObjectLockMode,
      "s3:object-lock-retain-until-date": input.ObjectLockRetainUntilDate?.toISOString(),
      "s3:object-lock-legal-hold": input.ObjectLockLegalHoldStatus,
    }),
    ...(input.Tagging !== undefined && tagKeys(input.Tagging)),
  };
  const found = (store as S3Store).known(input.Bucket);
  const isWriters = found !== undefined && hasAcls(found) && found.account !== account;
  const actions = [
    "s3:PutObject",
    ...(isGiven(input) && !isWriters ? ["s3:PutObjectAcl"] : []),
    ...(input.Tagging === undefined ? [] : ["s3:PutObjectTagging"]),
    ...(input.ObjectLockMode === undefined ? [] : ["s3:PutObjectRetention"]),
    ...(input.ObjectLockLegalHoldStatus === undefined ? [] : ["s3:PutObjectLegalHold"]),
  ];
  return actions.map((action) => ({ action, resource, conditions }));
}

function source(copySource: string): Access[] {
  const { bucket: Bucket, key: Key, versionId } = parseCopySource(copySource);
  return read({ Bucket, Key, VersionId: versionId });
}

interface Listing extends InBucket {
  readonly Prefix?: string | undefined;
  readonly Delimiter?: string | undefined;
  readonly MaxKeys?: number | undefined;
}

const listing =
  (action: string) =>
  (input: Listing): Access[] => [
    {
      action,
      resource: bucketArn(input),
      conditions: given({
        "s3:prefix": input.Prefix,
        "s3:delimiter": input.Delimiter,
        "s3:max-keys": input.MaxKeys === undefined ? undefined : String(input.MaxKeys),
      }),
    },
  ];

const bucketCreation = (
  input: InBucket & {
    readonly ACL?: string | undefined;
    readonly CreateBucketConfiguration?: { readonly LocationConstraint?: string | undefined } | undefined;
  },
  { region }: AccessScope,
): Access[] => [
  {
    action: "s3:CreateBucket",
    resource: bucketArn(input),
    conditions: given({
      "s3:x-amz-acl": input.ACL,
      "s3:LocationConstraint": input.CreateBucketConfiguration?.LocationConstraint ?? region,
    }),
  },
  ...(input.ACL === undefined ? [] : [{ action: "s3:PutBucketAcl", resource: bucketArn(input) }]),
];

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
export const access: AccessTable<"s3"> = {
  prefix: "s3",
  rules: {
    AbortMultipartUpload: upload("s3:AbortMultipartUpload"),
    CompleteMultipartUpload: part(true),
    CopyObject: (input, scope, store) => [...source(input.CopySource), ...write(input, scope, store)],
    CreateBucket: bucketCreation,
    CreateMultipartUpload: (input, scope, store) => write(input, scope, store, false),
    DeleteBucket: bucket("s3:DeleteBucket"),
    DeleteBucketCors: bucket("s3:PutBucketCORS"),
    DeleteBucketEncryption: bucket("s3:PutEncryptionConfiguration"),
    DeleteBucketLifecycle: bucket("s3:PutLifecycleConfiguration"),
    DeleteBucketMetricsConfiguration: bucket("s3:PutMetricsConfiguration"),
    DeleteBucketOwnershipControls: bucket("s3:PutBucketOwnershipControls"),
    DeleteBucketPolicy: bucket("s3:DeleteBucketPolicy"),
    DeleteBucketTagging: bucket("s3:PutBucketTagging"),
    DeleteBucketWebsite: bucket("s3:DeleteBucketWebsite"),
    DeleteObject: removal,
    DeleteObjectTagging: version("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"),
    // each key by itself, by the operation: one that may not be deleted does not keep the others
    DeleteObjects: () => [],
    DeletePublicAccessBlock: bucket("s3:PutBucketPublicAccessBlock"),
    GetBucketAccelerateConfiguration: bucket("s3:GetAccelerateConfiguration"),
    GetBucketAcl: bucket("s3:GetBucketAcl"),
    GetBucketCors: bucket("s3:GetBucketCORS"),
    GetBucketEncryption: bucket("s3:GetEncryptionConfiguration"),
    GetBucketLifecycleConfiguration: bucket("s3:GetLifecycleConfiguration"),
    GetBucketLocation: bucket("s3:GetBucketLocation"),
    GetBucketLogging: bucket("s3:GetBucketLogging"),
    GetBucketMetricsConfiguration: bucket("s3:GetMetricsConfiguration"),
    GetBucketNotificationConfiguration: bucket("s3:GetBucketNotification"),
    GetBucketOwnershipControls: bucket("s3:GetBucketOwnershipControls"),
    GetBucketPolicy: bucket("s3:GetBucketPolicy"),
    GetBucketPolicyStatus: bucket("s3:GetBucketPolicyStatus"),
    GetBucketReplication: bucket("s3:GetReplicationConfiguration"),
    GetBucketRequestPayment: bucket("s3:GetBucketRequestPayment"),
    GetBucketTagging: bucket("s3:GetBucketTagging"),
    GetBucketVersioning: bucket("s3:GetBucketVersioning"),
    GetBucketWebsite: bucket("s3:GetBucketWebsite"),
    GetObject: read,
    GetObjectAcl: version("s3:GetObjectAcl", "s3:GetObjectVersionAcl"),
    GetObjectAttributes: (input) => [
      ...read(input),
      ...version("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes")(input),
    ],
    GetObjectLegalHold: object("s3:GetObjectLegalHold"),
    GetObjectLockConfiguration: bucket("s3:GetBucketObjectLockConfiguration"),
    GetObjectRetention: object("s3:GetObjectRetention"),
    GetObjectTagging: version("s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
    GetPublicAccessBlock: bucket("s3:GetBucketPublicAccessBlock"),
    HeadBucket: bucket("s3:ListBucket"),
    HeadObject: read,
    ListBucketMetricsConfigurations: bucket("s3:GetMetricsConfiguration"),
    ListBuckets: () => [{ action: "s3:ListAllMyBuckets", resource: "arn:aws:s3:::*" }],
    ListMultipartUploads: listing("s3:ListBucketMultipartUploads"),
    ListObjectVersions: listing("s3:ListBucketVersions"),
    ListObjects: listing("s3:ListBucket"),
    ListObjectsV2: listing("s3:ListBucket"),
    ListParts: upload("s3:ListMultipartUploadParts"),
    PutBucketAccelerateConfiguration: bucket("s3:PutAccelerateConfiguration"),
    PutBucketAcl: bucket("s3:PutBucketAcl"),
    PutBucketCors: bucket("s3:PutBucketCORS"),
    PutBucketEncryption: bucket("s3:PutEncryptionConfiguration"),
    PutBucketLifecycleConfiguration: bucket("s3:PutLifecycleConfiguration"),
    PutBucketLogging: bucket("s3:PutBucketLogging"),
    PutBucketMetricsConfiguration: bucket("s3:PutMetricsConfiguration"),
    PutBucketNotificationConfiguration: bucket("s3:PutBucketNotification"),
    PutBucketOwnershipControls: bucket("s3:PutBucketOwnershipControls"),
    PutBucketPolicy: bucket("s3:PutBucketPolicy"),
    PutBucketRequestPayment: bucket("s3:PutBucketRequestPayment"),
    PutBucketTagging: bucket("s3:PutBucketTagging"),
    PutBucketVersioning: bucket("s3:PutBucketVersioning"),
    PutBucketWebsite: bucket("s3:PutBucketWebsite"),
    PutObject: write,
    PutObjectAcl: version("s3:PutObjectAcl", "s3:PutObjectVersionAcl"),
    PutObjectLegalHold: object("s3:PutObjectLegalHold"),
    PutObjectLockConfiguration: bucket("s3:PutBucketObjectLockConfiguration"),
    PutObjectRetention: object("s3:PutObjectRetention"),
    PutObjectTagging: version("s3:PutObjectTagging", "s3:PutObjectVersionTagging"),
    PutPublicAccessBlock: bucket("s3:PutBucketPublicAccessBlock"),
    RestoreObject: object("s3:RestoreObject"),
    UploadPart: part(false),
    UploadPartCopy: (input) => [...source(input.CopySource), ...part(false)(input)],
  },
};
