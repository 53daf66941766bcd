import {
  ConcurrentModificationException$,
  InvalidArgumentException$,
  InvalidSourceException$,
  LimitExceededException$,
  ResourceInUseException$,
  ResourceNotFoundException$,
} from "@aws-sdk/client-firehose";
import { AwsError } from "../../emulator/model/errors.ts";

export const invalidArgument = (message: string) => new AwsError(InvalidArgumentException$, message);

const inUse = (message: string) => new AwsError(ResourceInUseException$, message);
const limitExceeded = (message: string) => new AwsError(LimitExceededException$, message);

// Streams

export const streamNotFound = (name: string, account: string) =>
  new AwsError(ResourceNotFoundException$, `Firehose ${name} under account ${account} not found.`);

export const streamExists = (name: string, account: string) =>
  inUse(`Firehose ${name} under accountId ${account} already exists`);

export const streamNotActive = (name: string, account: string, status: string) =>
  inUse(`Firehose ${name} under account ${account} is not in ACTIVE state, instead in state ${status}.`);

export const tooManyStreams = (limit: number) =>
  limitExceeded(`You have already consumed your firehose quota of ${limit} hoses.`);

export const versionMismatch = (name: string, current: number, given: string) =>
  new AwsError(
    ConcurrentModificationException$,
    `Cannot update firehose: ${name} since the current version id: ${current} and specified version id: ${given} do not match`,
  );

export const unknownDestination = (id: string, name: string) =>
  invalidArgument(`Destination Id ${id} not found in Firehose ${name}.`);

export const oneDestination = () =>
  invalidArgument("Exactly one destination configuration is supported for a Firehose");

export const sourceMissing = () =>
  invalidArgument("KinesisSourceStreamConfig is mandatory for KinesisStreamAsSource stream type.");

export const sourceNotExpected = () =>
  invalidArgument("KinesisSourceStreamConfig is only applicable for KinesisStreamAsSource stream type");

export const directPutNotExpected = () =>
  invalidArgument("DirectPutSourceConfiguration is only applicable for DirectPut stream type");

export const roleNotAssumable = (roleArn: string) =>
  invalidArgument(`Firehose is unable to assume role ${roleArn}. Please check the role provided.`);

// Records

export const notForKinesisSource = () =>
  invalidArgument("This operation is not permitted on KinesisStreamAsSource delivery stream type.");

export const batchTooLarge = (limitMB: number) => invalidArgument(`Records size exceeds ${limitMB} MB limit`);

export const onlyFromLogs = () =>
  new AwsError(
    InvalidSourceException$,
    "Only requests from CloudWatch Logs are supported when CloudWatch Logs decompression is enabled.",
  );

// Encryption

export const encryptionOfDirectPutOnly = () =>
  invalidArgument(
    "Server side encryption from firehose is only allowed for direct put delivery streams and database as a source " +
      "delivery streams",
  );

export const tooManyEncryptionCalls = (name: string, limit: number) =>
  limitExceeded(
    `Delivery stream ${name} has reached the limit of ${limit} StartDeliveryStreamEncryption and ` +
      "StopDeliveryStreamEncryption calls in 24 hours.",
  );

// Tags

export const tooManyTags = (name: string, limit: number) =>
  limitExceeded(`Delivery stream ${name} cannot have more than ${limit} tags.`);
