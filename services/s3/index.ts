import * as sdk from "@aws-sdk/client-s3";
import { defineService, type Operation as ServiceOperation, type Service } from "../../emulator/model/service.ts";
import type { InputOf, OperationName, OutputOf } from "../../emulator/model/sdk.ts";
import type { Context } from "../../emulator/model/context.ts";
import { access } from "./access.ts";
import { DOCUMENT_ORDER } from "./document-order.ts";
import { abortMultipartUpload } from "./operations/abort-multipart-upload.ts";
import { completeMultipartUpload } from "./operations/complete-multipart-upload.ts";
import { copyObject } from "./operations/copy-object.ts";
import { createBucket } from "./operations/create-bucket.ts";
import { createMultipartUpload } from "./operations/create-multipart-upload.ts";
import { deleteBucket } from "./operations/delete-bucket.ts";
import { deleteBucketCors } from "./operations/delete-bucket-cors.ts";
import { deleteBucketEncryption } from "./operations/delete-bucket-encryption.ts";
import { deleteBucketLifecycle } from "./operations/delete-bucket-lifecycle.ts";
import { deleteBucketMetricsConfiguration } from "./operations/delete-bucket-metrics-configuration.ts";
import { deleteBucketOwnershipControls } from "./operations/delete-bucket-ownership-controls.ts";
import { deleteBucketPolicy } from "./operations/delete-bucket-policy.ts";
import { deleteBucketTagging } from "./operations/delete-bucket-tagging.ts";
import { deleteBucketWebsite } from "./operations/delete-bucket-website.ts";
import { deleteObject } from "./operations/delete-object.ts";
import { deleteObjectTagging } from "./operations/delete-object-tagging.ts";
import { deleteObjects } from "./operations/delete-objects.ts";
import { deletePublicAccessBlock } from "./operations/delete-public-access-block.ts";
import { getBucketAccelerateConfiguration } from "./operations/get-bucket-accelerate-configuration.ts";
import { getBucketAcl } from "./operations/get-bucket-acl.ts";
import { getBucketCors } from "./operations/get-bucket-cors.ts";
import { getBucketEncryption } from "./operations/get-bucket-encryption.ts";
import { getBucketLifecycleConfiguration } from "./operations/get-bucket-lifecycle-configuration.ts";
import { getBucketLocation } from "./operations/get-bucket-location.ts";
import { getBucketLogging } from "./operations/get-bucket-logging.ts";
import { getBucketMetricsConfiguration } from "./operations/get-bucket-metrics-configuration.ts";
import { getBucketNotificationConfiguration } from "./operations/get-bucket-notification-configuration.ts";
import { getBucketOwnershipControls } from "./operations/get-bucket-ownership-controls.ts";
import { getBucketPolicy } from "./operations/get-bucket-policy.ts";
import { getBucketPolicyStatus } from "./operations/get-bucket-policy-status.ts";
import { getBucketReplication } from "./operations/get-bucket-replication.ts";
import { getBucketRequestPayment } from "./operations/get-bucket-request-payment.ts";
import { getBucketTagging } from "./operations/get-bucket-tagging.ts";
import { getBucketVersioning } from "./operations/get-bucket-versioning.ts";
import { getBucketWebsite } from "./operations/get-bucket-website.ts";
import { getObject } from "./operations/get-object.ts";
import { getObjectAcl } from "./operations/get-object-acl.ts";
import { getObjectAttributes } from "./operations/get-object-attributes.ts";
import { getObjectLegalHold } from "./operations/get-object-legal-hold.ts";
import { getObjectLockConfiguration } from "./operations/get-object-lock-configuration.ts";
import { getObjectRetention } from "./operations/get-object-retention.ts";
import { getObjectTagging } from "./operations/get-object-tagging.ts";
import { getPublicAccessBlock } from "./operations/get-public-access-block.ts";
import { headBucket } from "./operations/head-bucket.ts";
import { headObject } from "./operations/head-object.ts";
import { listBucketMetricsConfigurations } from "./operations/list-bucket-metrics-configurations.ts";
import { listBuckets } from "./operations/list-buckets.ts";
import { listMultipartUploads } from "./operations/list-multipart-uploads.ts";
import { listObjectVersions } from "./operations/list-object-versions.ts";
import { listObjects } from "./operations/list-objects.ts";
import { listObjectsV2 } from "./operations/list-objects-v2.ts";
import { listParts } from "./operations/list-parts.ts";
import { putBucketAccelerateConfiguration } from "./operations/put-bucket-accelerate-configuration.ts";
import { putBucketAcl } from "./operations/put-bucket-acl.ts";
import { putBucketCors } from "./operations/put-bucket-cors.ts";
import { putBucketEncryption } from "./operations/put-bucket-encryption.ts";
import { putBucketLifecycleConfiguration } from "./operations/put-bucket-lifecycle-configuration.ts";
import { putBucketLogging } from "./operations/put-bucket-logging.ts";
import { putBucketMetricsConfiguration } from "./operations/put-bucket-metrics-configuration.ts";
import { putBucketNotificationConfiguration } from "./operations/put-bucket-notification-configuration.ts";
import { putBucketOwnershipControls } from "./operations/put-bucket-ownership-controls.ts";
import { putBucketPolicy } from "./operations/put-bucket-policy.ts";
import { putBucketRequestPayment } from "./operations/put-bucket-request-payment.ts";
import { putBucketTagging } from "./operations/put-bucket-tagging.ts";
import { putBucketVersioning } from "./operations/put-bucket-versioning.ts";
import { putBucketWebsite } from "./operations/put-bucket-website.ts";
import { putObject } from "./operations/put-object.ts";
import { putObjectAcl } from "./operations/put-object-acl.ts";
import { putObjectLegalHold } from "./operations/put-object-legal-hold.ts";
import { putObjectLockConfiguration } from "./operations/put-object-lock-configuration.ts";
import { putObjectRetention } from "./operations/put-object-retention.ts";
import { putObjectTagging } from "./operations/put-object-tagging.ts";
import { putPublicAccessBlock } from "./operations/put-public-access-block.ts";
import { uploadPart } from "./operations/upload-part.ts";
import { restoreObject } from "./operations/restore-object.ts";
import { uploadPartCopy } from "./operations/upload-part-copy.ts";
import { hold } from "./held.ts";
import { standingOf } from "./standing.ts";
import { S3Engine } from "./engine.ts";
import { S3Store } from "./store.ts";
import { loadHasherOf } from "./xxhash.ts";

export interface S3State {
  store: S3Store;
  engine: S3Engine;
}

export type Operation<N extends OperationName<"s3">> = ServiceOperation<"s3", N, S3State>;
export type S3Context = Context<S3State>;
export type Input<N extends OperationName<"s3">> = InputOf<"s3", N>;
export type Output<N extends OperationName<"s3">> = OutputOf<"s3", N>;

export const s3: Service = defineService<"s3", S3State>({
  name: "s3",
  protocol: "restXml",
  version: "2006-03-01",
  xmlNamespace: "http://s3.amazonaws.com/doc/2006-03-01/",
  documentOrder: DOCUMENT_ORDER,
  sdk,
  access,
  takesAnonymous: true,
  resourcePolicy: ({ store }, arn) => store.policyOf(arn),
  standing: ({ store }, needed, caller) => standingOf(store, needed, caller),
  putSystemTags({ store }, arn, tags) {
    const bucket = store.bucket({ Bucket: arn.slice(arn.lastIndexOf(":") + 1) });
    const given = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    store.updateBucket({ ...bucket, tags: [...given, ...(bucket.tags ?? []).filter(({ Key }) => !(Key in tags))] });
  },
  store: (host, scope) => new S3Store(host, scope),
  engine: (host) => new S3Engine(host, () => s3),
  refuses: {
    "*": ["OptionalObjectAttributes"],
    PutObjectLockConfiguration: ["Token"],
    PutBucketPolicy: ["ConfirmRemoveSelfBucketAccess"],
  },
  before: (ctx, operation, input) => {
    hold(ctx, operation, input);
    ctx.engine.requestMetrics.begins(operation, input);
    return loadHasherOf(ctx.request?.headers);
  },
  operations: {
    AbortMultipartUpload: abortMultipartUpload,
    CompleteMultipartUpload: completeMultipartUpload,
    CopyObject: copyObject,
    CreateBucket: createBucket,
    CreateMultipartUpload: createMultipartUpload,
    DeleteBucket: deleteBucket,
    DeleteBucketCors: deleteBucketCors,
    DeleteBucketEncryption: deleteBucketEncryption,
    DeleteBucketLifecycle: deleteBucketLifecycle,
    DeleteBucketMetricsConfiguration: deleteBucketMetricsConfiguration,
    DeleteBucketOwnershipControls: deleteBucketOwnershipControls,
    DeleteBucketPolicy: deleteBucketPolicy,
    DeleteBucketTagging: deleteBucketTagging,
    DeleteBucketWebsite: deleteBucketWebsite,
    DeleteObject: deleteObject,
    DeleteObjectTagging: deleteObjectTagging,
    DeleteObjects: deleteObjects,
    DeletePublicAccessBlock: deletePublicAccessBlock,
    GetBucketAccelerateConfiguration: getBucketAccelerateConfiguration,
    GetBucketAcl: getBucketAcl,
    GetBucketCors: getBucketCors,
    GetBucketEncryption: getBucketEncryption,
    GetBucketLifecycleConfiguration: getBucketLifecycleConfiguration,
    GetBucketLocation: getBucketLocation,
    GetBucketLogging: getBucketLogging,
    GetBucketMetricsConfiguration: getBucketMetricsConfiguration,
    GetBucketNotificationConfiguration: getBucketNotificationConfiguration,
    GetBucketOwnershipControls: getBucketOwnershipControls,
    GetBucketPolicy: getBucketPolicy,
    GetBucketPolicyStatus: getBucketPolicyStatus,
    GetBucketReplication: getBucketReplication,
    GetBucketRequestPayment: getBucketRequestPayment,
    GetBucketTagging: getBucketTagging,
    GetBucketVersioning: getBucketVersioning,
    GetBucketWebsite: getBucketWebsite,
    GetObject: getObject,
    GetObjectAcl: getObjectAcl,
    GetObjectAttributes: getObjectAttributes,
    GetObjectLegalHold: getObjectLegalHold,
    GetObjectLockConfiguration: getObjectLockConfiguration,
    GetObjectRetention: getObjectRetention,
    GetObjectTagging: getObjectTagging,
    GetPublicAccessBlock: getPublicAccessBlock,
    HeadBucket: headBucket,
    HeadObject: headObject,
    ListBucketMetricsConfigurations: listBucketMetricsConfigurations,
    ListBuckets: listBuckets,
    ListMultipartUploads: listMultipartUploads,
    ListObjectVersions: listObjectVersions,
    ListObjects: listObjects,
    ListObjectsV2: listObjectsV2,
    ListParts: listParts,
    PutBucketAccelerateConfiguration: putBucketAccelerateConfiguration,
    PutBucketAcl: putBucketAcl,
    PutBucketCors: putBucketCors,
    PutBucketEncryption: putBucketEncryption,
    PutBucketLifecycleConfiguration: putBucketLifecycleConfiguration,
    PutBucketLogging: putBucketLogging,
    PutBucketMetricsConfiguration: putBucketMetricsConfiguration,
    PutBucketNotificationConfiguration: putBucketNotificationConfiguration,
    PutBucketOwnershipControls: putBucketOwnershipControls,
    PutBucketPolicy: putBucketPolicy,
    PutBucketRequestPayment: putBucketRequestPayment,
    PutBucketTagging: putBucketTagging,
    PutBucketVersioning: putBucketVersioning,
    PutBucketWebsite: putBucketWebsite,
    PutObject: putObject,
    PutObjectAcl: putObjectAcl,
    PutObjectLegalHold: putObjectLegalHold,
    PutObjectLockConfiguration: putObjectLockConfiguration,
    PutObjectRetention: putObjectRetention,
    PutObjectTagging: putObjectTagging,
    PutPublicAccessBlock: putPublicAccessBlock,
    RestoreObject: restoreObject,
    UploadPart: uploadPart,
    UploadPartCopy: uploadPartCopy,
  },
});
