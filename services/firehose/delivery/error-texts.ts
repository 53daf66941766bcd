/**
 * The codes and texts of Firehose's error logs and error output.
 * @see https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
 */
export const LAMBDA_FAILURES = {
  assumeRoleDenied: {
    code: "Lambda.AssumeRoleAccessDenied",
    message:
      "Access was denied. Ensure that the trust policy for the provided IAM role allows Amazon Data Firehose to assume the role.",
  },
  invokeDenied: {
    code: "Lambda.InvokeAccessDenied",
    message: "Access was denied. Ensure that the access policy allows access to the Lambda function.",
  },
  limitExceeded: {
    code: "Lambda.InvokeLimitExceeded",
    message: "The Lambda concurrent execution limit is exceeded. Increase the concurrent execution limit.",
  },
  notFound: {
    code: "Lambda.ResourceNotFound",
    message: "The specified Lambda function does not exist. Use a different function that does exist.",
  },
  functionError: {
    code: "Lambda.FunctionError",
    message: "The Lambda function was successfully invoked but it returned an error result.",
  },
  unreadable: {
    code: "Lambda.JsonProcessingException",
    message:
      "There was an error parsing returned records from the Lambda function. Ensure that the returned records follow the " +
      "status model required by Amazon Data Firehose.",
  },
  notBase64: {
    code: "Lambda.JsonMappingException",
    message:
      "There was an error parsing returned records from the Lambda function. Ensure that data field is base-64 encoded.",
  },
  duplicatedRecordId: {
    code: "Lambda.DuplicatedRecordId",
    message:
      "Multiple records were returned with the same record ID. Ensure that the Lambda function returns unique record IDs " +
      "for each record.",
  },
  missingRecordId: {
    code: "Lambda.MissingRecordId",
    message:
      "One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids.",
  },
  processingFailed: {
    code: "Lambda.ProcessingFailedStatus",
    message: "ProcessingFailed status set for record",
  },
} as const;

const S3_FAILURES: Readonly<Record<string, { readonly code: string; readonly message: string }>> = {
  AccessDenied: {
    code: "S3.AccessDenied",
    message:
      "Access was denied. Ensure that the trust policy for the provided IAM role allows Amazon Data Firehose to assume the " +
      "role, and the access policy allows access to the S3 bucket.",
  },
  NoSuchBucket: {
    code: "S3.NoSuchBucket",
    message: "The specified bucket does not exist. Create the bucket or use a different bucket that does exist.",
  },
};

/** What is said of a failed PutObject. */
export const s3Failure = (error: Error): { readonly code: string; readonly message: string } =>
  S3_FAILURES[error.name] ?? { code: `S3.${error.name}`, message: error.message };

const KINESIS_FAILURES: Readonly<Record<string, { readonly code: string; readonly message: string }>> = {
  AccessDeniedException: {
    code: "Kinesis.AccessDenied",
    message:
      "Access was denied when calling Kinesis. Ensure the access policy on the IAM role used allows access to the " +
      "appropriate Kinesis APIs.",
  },
  ResourceNotFoundException: {
    code: "Kinesis.ResourceNotFound",
    message:
      "Firehose failed to read from the stream. If the Firehose is attached with Kinesis Stream, the stream may not exist, " +
      "or the shard may have been merged or split.",
  },
};

/** What is said of a source stream that cannot be read. */
export const kinesisFailure = (error: Error): { readonly code: string; readonly message: string } =>
  (error.name === "AccessDenied" ? KINESIS_FAILURES["AccessDeniedException"] : KINESIS_FAILURES[error.name]) ?? {
    code: `Kinesis.${error.name}`,
    message: error.message,
  };
