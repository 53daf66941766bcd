/** What logs call the resources of operations, where it is not the operation's own word. */
const RESOURCES: Readonly<Record<string, string>> = {
  AbortMultipartUpload: "UPLOAD",
  BucketAccelerateConfiguration: "ACCELERATE",
  BucketAcl: "ACL",
  BucketCors: "CORS",
  BucketEncryption: "ENCRYPTION",
  BucketLifecycleConfiguration: "LIFECYCLE",
  BucketLifecycle: "LIFECYCLE",
  BucketLocation: "LOCATION",
  BucketLogging: "LOGGING_STATUS",
  BucketNotificationConfiguration: "NOTIFICATION",
  BucketOwnershipControls: "OWNERSHIP_CONTROLS",
  BucketPolicy: "BUCKETPOLICY",
  BucketPolicyStatus: "POLICY_STATUS",
  BucketReplication: "REPLICATION",
  BucketRequestPayment: "REQUEST_PAYMENT",
  BucketTagging: "TAGGING",
  BucketVersioning: "VERSIONING",
  BucketWebsite: "WEBSITE",
  CompleteMultipartUpload: "UPLOAD",
  CreateBucket: "BUCKET",
  CreateMultipartUpload: "UPLOADS",
  HeadBucket: "BUCKET",
  HeadObject: "OBJECT",
  ListMultipartUploads: "UPLOADS",
  ListObjectVersions: "BUCKETVERSIONS",
  ListObjects: "BUCKET",
  ListObjectsV2: "BUCKET",
  ListParts: "UPLOAD",
  Objects: "MULTI_OBJECT_DELETE",
  ObjectAcl: "ACL",
  RestoreObject: "RESTORE",
  UploadPart: "PART",
};

/** The operations that read one object to write another: what logs call the writing, and the reading. */
export const COPIES: Readonly<Record<string, { readonly write: string; readonly read: string }>> = {
  CopyObject: { write: "REST.COPY.OBJECT", read: "REST.COPY.OBJECT_GET" },
  UploadPartCopy: { write: "REST.COPY.PART", read: "REST.COPY.PART_GET" },
};

/** `GetObjectTagging` -> `OBJECT_TAGGING` */
const inWords = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();

/**
 * `REST.method.resource`
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
 */
export function operationName(method: string, operation: string): string {
  const copy = COPIES[operation];
  if (copy) return copy.write;
  const subject = operation.replace(/^(?:Get|Put|Delete)(?=[A-Z])/, "");
  return `REST.${method}.${RESOURCES[subject] ?? inWords(subject)}`;
}
