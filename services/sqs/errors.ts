import {
  BatchEntryIdsNotDistinct$,
  BatchRequestTooLong$,
  EmptyBatchRequest$,
  InvalidAttributeName$,
  InvalidAttributeValue$,
  InvalidBatchEntryId$,
  InvalidMessageContents$,
  MessageNotInflight$,
  OverLimit$,
  PurgeQueueInProgress$,
  QueueDeletedRecently$,
  QueueDoesNotExist$,
  QueueNameExists$,
  ReceiptHandleIsInvalid$,
  ResourceNotFoundException$,
  TooManyEntriesInBatchRequest$,
} from "@aws-sdk/client-sqs";
import { AwsError } from "../../emulator/model/errors.ts";

/** Common to SQS, without a shape in its model. */
export const invalidParameter = (message: string): AwsError =>
  new AwsError({ code: "InvalidParameterValue", status: 400 }, message);

/** The form of most of SQS's complaints. */
export const invalidValue = (value: unknown, parameter: string, reason: string): AwsError =>
  invalidParameter(`Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`);

export const missingParameter = (name: string): AwsError =>
  new AwsError({ code: "MissingParameter", status: 400 }, `The request must contain the parameter ${name}.`);

export const accessDenied = (url: string): AwsError =>
  new AwsError({ code: "AccessDenied", status: 403 }, `Access to the resource ${url} is denied.`);

export const queueNotFound = (): AwsError => new AwsError(QueueDoesNotExist$, "The specified queue does not exist.");

export const queueExists = (attribute: string): AwsError =>
  new AwsError(
    QueueNameExists$,
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
  );

export const queueDeletedRecently = (): AwsError =>
  new AwsError(
    QueueDeletedRecently$,
    "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
  );

export const purgeInProgress = (name: string): AwsError =>
  new AwsError(PurgeQueueInProgress$, `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`);

export const unknownAttribute = (name: string): AwsError =>
  new AwsError(InvalidAttributeName$, `Unknown Attribute ${name}.`);

export const twoEncryptions = (): AwsError =>
  new AwsError(
    InvalidAttributeName$,
    "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
  );

export const invalidAttributeValue = (name: string, reason?: string): AwsError =>
  new AwsError(
    InvalidAttributeValue$,
    `Invalid value for the parameter ${name}.${reason === undefined ? "" : ` Reason: ${reason}`}`,
  );

export const invalidReceiptHandle = (handle: string): AwsError =>
  new AwsError(ReceiptHandleIsInvalid$, `The input receipt handle "${handle}" is not a valid receipt handle.`);

export const receiptHandleExpired = (handle: string): AwsError =>
  invalidValue(handle, "ReceiptHandle", "The receipt handle has expired.");

export const messageGone = (handle: string): AwsError =>
  invalidValue(handle, "ReceiptHandle", "Message does not exist or is not available for visibility timeout change.");

export const notInFlight = (): AwsError =>
  new AwsError(MessageNotInflight$, "The message referred to isn't in flight.");

export const tooManyInFlight = (): AwsError =>
  new AwsError(OverLimit$, "The maximum number of in flight messages is reached.");

export const tooManyActions = (count: number): AwsError =>
  new AwsError(OverLimit$, `${count} Actions were found, maximum allowed is 7.`);

export const invalidContents = (): AwsError =>
  new AwsError(
    InvalidMessageContents$,
    "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
  );

export const messageTooLong = (limitBytes: number): AwsError =>
  invalidParameter(`One or more parameters are invalid. Reason: Message must be shorter than ${limitBytes} bytes.`);

export const emptyBatch = (entry: string): AwsError =>
  new AwsError(EmptyBatchRequest$, `There should be at least one ${entry} in the request.`);

export const tooManyEntries = (count: number): AwsError =>
  new AwsError(TooManyEntriesInBatchRequest$, `Maximum number of entries per request are 10. You have sent ${count}.`);

export const invalidEntryId = (): AwsError =>
  new AwsError(
    InvalidBatchEntryId$,
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
  );

export const repeatedEntryId = (id: string): AwsError => new AwsError(BatchEntryIdsNotDistinct$, `Id ${id} repeated.`);

export const batchTooLong = (bytes: number, limitBytes: number): AwsError =>
  new AwsError(
    BatchRequestTooLong$,
    `Batch requests cannot be longer than ${limitBytes} bytes. You have sent ${bytes} bytes.`,
  );

export const resourceNotFound = (message: string): AwsError => new AwsError(ResourceNotFoundException$, message);
