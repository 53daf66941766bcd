import {
  ExpiredIteratorException$,
  ResourceNotFoundException$,
  TrimmedDataAccessException$,
} from "@aws-sdk/client-dynamodb-streams";
import { AwsError } from "../../emulator/model/errors.ts";

const validationError = (message: string): AwsError =>
  new AwsError({ code: "ValidationException", status: 400 }, message);

const invalidParameter = (message: string): AwsError =>
  validationError(`One or more parameter values were invalid: ${message}`);

export const invalidStreamArn = (): AwsError => validationError("Invalid StreamArn");

export const streamNotFound = (arn: string): AwsError =>
  new AwsError(ResourceNotFoundException$, `Requested resource not found: Stream: ${arn} not found`);

export const shardNotFound = (): AwsError =>
  new AwsError(ResourceNotFoundException$, "Requested resource not found: Shard does not exist");

export const limitTooHigh = (limit: number, most: number): AwsError =>
  validationError(
    `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: ` +
      `Member must have value less than or equal to ${most}`,
  );

export const shardFilterIncomplete = (member: string): AwsError =>
  invalidParameter(`ShardFilter must have both Type and ShardId, ${member} is missing`);

export const sequenceNumberMissing = (type: string): AwsError =>
  invalidParameter(`SequenceNumber is required for ShardIteratorType ${type}`);

export const sequenceNumberNotExpected = (type: string): AwsError =>
  invalidParameter(`SequenceNumber must not be given for ShardIteratorType ${type}`);

export const invalidSequenceNumber = (): AwsError => validationError("Invalid SequenceNumber for the shard");

export const invalidIterator = (): AwsError => validationError("Invalid ShardIterator");

export const expiredIterator = (): AwsError =>
  new AwsError(ExpiredIteratorException$, "The shard iterator has expired: it could be used for 15 minutes");

export const trimmed = (): AwsError =>
  new AwsError(TrimmedDataAccessException$, "The data you are trying to access has been trimmed");
