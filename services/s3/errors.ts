import { AwsError } from "../../emulator/model/errors.ts";

type Fields = Readonly<Record<string, unknown>>;

// The SDK's schemas of S3's errors lack the members that the service answers (Key, BucketName, ...): codes stand here.
const error = (code: string, status: number, message: string, fields?: Fields) =>
  new AwsError({ code, status }, message, fields);

export const accessDenied = (message = "Access Denied") => error("AccessDenied", 403, message);

export const wrongRegion = (region: string, expected: string, isPresigned: boolean) =>
  error(
    isPresigned ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed",
    400,
    `${isPresigned ? "Error parsing the X-Amz-Credential parameter" : "The authorization header is malformed"}; ` +
      `the region '${region}' is wrong; expecting '${expected}'`,
    { Region: expected },
  );

export const noSuchBucket = (bucket: string) =>
  error("NoSuchBucket", 404, "The specified bucket does not exist", { BucketName: bucket });

export const noSuchKey = (key: string) => error("NoSuchKey", 404, "The specified key does not exist.", { Key: key });

export const noSuchVersion = (key: string, versionId: string) =>
  error("NoSuchVersion", 404, "The specified version does not exist.", { Key: key, VersionId: versionId });

/** A delete marker can be deleted, and nothing else. */
export const markerNotAllowed = (method: string) =>
  error("MethodNotAllowed", 405, "The specified method is not allowed against this resource.", {
    Method: method,
    ResourceType: "DeleteMarker",
  });

export const methodNotAllowed = (method: string, resourceType: string) =>
  error("MethodNotAllowed", 405, "The specified method is not allowed against this resource.", {
    Method: method,
    ResourceType: resourceType,
  });

export const invalidVersionId = (name: string, versionId: string) =>
  invalidArgument("Invalid version id specified", name, versionId);

export const noSuchUpload = (uploadId: string) =>
  error(
    "NoSuchUpload",
    404,
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { UploadId: uploadId },
  );

export const invalidBucketName = (bucket: string) =>
  error("InvalidBucketName", 400, "The specified bucket is not valid.", { BucketName: bucket });

export const bucketAlreadyOwnedByYou = (bucket: string) =>
  error(
    "BucketAlreadyOwnedByYou",
    409,
    "Your previous request to create the named bucket succeeded and you already own it.",
    { BucketName: bucket },
  );

export const bucketAlreadyExists = (bucket: string) =>
  error(
    "BucketAlreadyExists",
    409,
    "The requested bucket name is not available. The bucket namespace is shared by all users of the system. " +
      "Please select a different name and try again.",
    { BucketName: bucket },
  );

export const bucketNotEmpty = (bucket: string, versioned: boolean) =>
  error(
    "BucketNotEmpty",
    409,
    `The bucket you tried to delete is not empty${versioned ? ". You must delete all versions in the bucket." : ""}`,
    { BucketName: bucket },
  );

export const invalidLocationConstraint = (constraint: string) =>
  error("InvalidLocationConstraint", 400, "The specified location-constraint is not valid", {
    LocationConstraint: constraint,
  });

export const illegalLocationConstraint = (constraint: string) =>
  error(
    "IllegalLocationConstraintException",
    400,
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );

export const invalidArgument = (message: string, name: string, value: string | number | undefined) =>
  error("InvalidArgument", 400, message, { ArgumentName: name, ...(value !== undefined && { ArgumentValue: value }) });

export const invalidArgumentValue = (message: string) => error("InvalidArgument", 400, message);

export const unableToValidate = (failures: readonly { readonly arn: string; readonly reason: string }[]) =>
  error(
    "InvalidArgument",
    400,
    "Unable to validate the following destination configurations",
    Object.fromEntries(
      failures.flatMap(({ arn, reason }, index) => [
        // S3 writes a function with a qualifier that is none
        [`ArgumentName${index + 1}`, arn.includes(":lambda:") ? `${arn}, null` : arn],
        [`ArgumentValue${index + 1}`, reason],
      ]),
    ),
  );

export const invalidRequest = (message: string) => error("InvalidRequest", 400, message);

export const illegalVersioning = () =>
  error("IllegalVersioningConfigurationException", 400, "The Versioning element must be specified");

const NOT_WELL_FORMED = "The XML you provided was not well-formed or did not validate against our published schema";

export const malformedXml = () => error("MalformedXML", 400, NOT_WELL_FORMED);

export const malformedAcl = () => error("MalformedACLError", 400, NOT_WELL_FORMED);

export const missingHeader = (header: string) =>
  error("MissingSecurityHeader", 400, "Your request was missing a required header", { MissingHeaderName: header });

export const unexpectedContent = () => error("UnexpectedContent", 400, "This request does not support content");

export const invalidBucketOwner = (account: string) =>
  error(
    "InvalidBucketOwnerAWSAccountID",
    400,
    `The value of the expected bucket owner parameter must be an AWS Account ID... [${account}]`,
  );

export const missingRequestBody = () => error("MissingRequestBodyError", 400, "Request Body is empty");

export const malformedPolicy = (message: string) => error("MalformedPolicy", 400, message);

export const keyTooLong = (sizeBytes: number, maxBytes: number) =>
  error("KeyTooLongError", 400, "Your key is too long", { Size: sizeBytes, MaxSizeAllowed: maxBytes });

export const metadataTooLarge = (sizeBytes: number, maxBytes: number) =>
  error("MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size", {
    Size: sizeBytes,
    MaxSizeAllowed: maxBytes,
  });

export const missingContentLength = () =>
  error("MissingContentLength", 411, "You must provide the Content-Length HTTP header.");

export const entityTooLarge = (proposedBytes: number, maxBytes: number) =>
  error("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size", {
    ProposedSize: proposedBytes,
    MaxSizeAllowed: maxBytes,
  });

export const entityTooSmall = (fields: Fields) =>
  error("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size", fields);

export const invalidPart = (fields: Fields) =>
  error(
    "InvalidPart",
    400,
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified " +
      "entity tag may not match the part's entity tag.",
    fields,
  );

export const invalidPartOrder = (uploadId: string) =>
  error(
    "InvalidPartOrder",
    400,
    "The list of parts was not in ascending order. Parts must be ordered by part number.",
    { UploadId: uploadId },
  );

export const invalidPartNumber = (partNumber: number | undefined) =>
  invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", partNumber);

export const partNotSatisfiable = (requested: number, actual: number) =>
  error("InvalidPartNumber", 416, "The requested partnumber is not satisfiable", {
    PartNumberRequested: requested,
    ActualPartCount: actual,
  });

export const invalidRange = (requested: string, sizeBytes: number) =>
  error("InvalidRange", 416, "The requested range is not satisfiable", {
    RangeRequested: requested,
    ActualObjectSize: sizeBytes,
  });

export const invalidEncryptionAlgorithm = (algorithm: string) =>
  error(
    "InvalidEncryptionAlgorithmError",
    400,
    "The Encryption request you specified is not valid. Supported value: AES256.",
    { ArgumentName: "x-amz-server-side-encryption", ArgumentValue: algorithm },
  );

export const invalidDigest = (contentMd5: string) =>
  error("InvalidDigest", 400, "The Content-MD5 you specified was invalid.", { "Content-MD5": contentMd5 });

export const badContentMd5 = (expected: string, calculated: string) =>
  error("BadDigest", 400, "The Content-MD5 you specified did not match what we received.", {
    ExpectedDigest: expected,
    CalculatedDigest: calculated,
  });

export const badChecksum = (algorithm: string) =>
  error("BadDigest", 400, `The ${algorithm} you specified did not match the calculated checksum.`);

export const badPartChecksum = (algorithm: string, partNumber: number | undefined) =>
  error(
    "BadDigest",
    400,
    `The ${algorithm.toLowerCase()} you specified for part ${partNumber} did not match what we received.`,
  );

export const contentSha256Mismatch = (claimed: string, computed: string) =>
  error(
    "XAmzContentSHA256Mismatch",
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { ClientComputedContentSHA256: claimed, S3ComputedContentSHA256: computed },
  );

export const preconditionFailed = (condition: string) =>
  error("PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });

export const conditionalConflict = (condition: string, key: string) =>
  error(
    "ConditionalRequestConflict",
    409,
    "The conditional request cannot succeed due to a conflicting operation against this resource.",
    { Condition: condition, Key: key },
  );

export const notModified = () => error("NotModified", 304, "Not Modified");

const HEADER_NOT_IMPLEMENTED = "A header you provided implies functionality that is not implemented";

/** S3's own answer to a header, or a value of one, that it has no functionality behind. */
export const headerNotImplemented = (header: string, additionalMessage?: string) =>
  error("NotImplemented", 501, HEADER_NOT_IMPLEMENTED, {
    Header: header,
    ...(additionalMessage !== undefined && { additionalMessage }),
  });

/** The same where it is Headwater that has none. Clients show the message alone: it says which header. */
export const headerNotSupported = (header: string) =>
  error("NotImplemented", 501, `${HEADER_NOT_IMPLEMENTED}: ${header}`, {
    Header: header,
    additionalMessage: `${header} is not supported by Headwater.`,
  });

export const invalidStorageClass = (storageClass: string) =>
  error("InvalidStorageClass", 400, "The storage class you specified is not valid", {
    StorageClassRequested: storageClass,
  });

export const invalidObjectState = (storageClass: string) =>
  error("InvalidObjectState", 403, "The operation is not valid for the object's storage class", {
    StorageClass: storageClass,
  });

export const invalidSourceState = (storageClass: string) =>
  error("InvalidObjectState", 403, "Operation is not valid for the source object's storage class", {
    StorageClass: storageClass,
  });

export const notArchived = (storageClass: string) =>
  error("InvalidObjectState", 403, "Restore is not allowed for the object's current storage class", {
    StorageClass: storageClass,
  });

export const restoreInProgress = () => error("RestoreAlreadyInProgress", 409, "Object restore is already in progress");

export const aclNotSupported = () => error("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");

export const bucketWithoutLock = () => invalidRequest("Bucket is missing Object Lock Configuration");

export const noObjectLock = () =>
  error("NoSuchObjectLockConfiguration", 404, "The specified object does not have a ObjectLock configuration");

export const objectLocked = () => accessDenied("Access Denied because object protected by object lock.");

export const lockNeedsVersioning = () =>
  error("InvalidBucketState", 409, "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration");

export const versioningIsLocked = () =>
  error(
    "InvalidBucketState",
    409,
    "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
  );

export const invalidRetentionPeriod = (message: string) => error("InvalidRetentionPeriod", 400, message);

export const aclWithOwnership = () =>
  error(
    "InvalidBucketAclWithObjectOwnership",
    400,
    "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
  );

export const invalidTag = (message: string, fields?: Fields) => error("InvalidTag", 400, message, fields);

export const corsForbidden = (reason: string, method: string, resourceType: string) =>
  error("AccessForbidden", 403, `CORSResponse: ${reason}`, { Method: method, ResourceType: resourceType });

export const badRequest = (message: string) => error("BadRequest", 400, message);

export const noSuchWebsite = (bucket: string) =>
  notConfigured("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration", bucket);

export const invalidRedirectLocation = () =>
  error(
    "InvalidRedirectLocation",
    400,
    "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
  );

/** What S3 says of a bucket's setting that was never made. */
export const notConfigured = (code: string, message: string, bucket: string) =>
  error(code, 404, message, { BucketName: bucket });

export const invalidLoggingTarget = (message: string, bucket: string) =>
  error("InvalidTargetBucketForLogging", 400, message, { TargetBucket: bucket });

/** The code is spelt as AWS spells it. The location of a source in us-east-1 is not told. */
export const crossLocationLogging = (source: string, target: string) =>
  error("CrossLocationLoggingProhibitted", 403, "Cross S3 location logging not allowed. ", {
    ...(source !== "us-east-1" && { SourceBucketLocation: source }),
    TargetBucketLocation: target,
  });
