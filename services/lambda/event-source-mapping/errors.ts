import {
  InvalidParameterValueException$,
  ResourceConflictException$,
  ResourceInUseException$,
  ResourceNotFoundException$,
} from "@aws-sdk/client-lambda";
import { AwsError } from "../../../emulator/model/errors.ts";
import type { Mapping } from "./model.ts";
import { isQueueArn } from "./source-arn.ts";

const user = { Type: "User" };

export const invalidParameter = (message: string) => new AwsError(InvalidParameterValueException$, message, user);

export const mappingNotFound = () =>
  new AwsError(ResourceNotFoundException$, "The resource you requested does not exist.", user);

export const mappingInUse = (verb: "update" | "delete") =>
  new AwsError(ResourceInUseException$, `Cannot ${verb} the event source mapping because it is in use.`, user);

export const mappingExists = (existing: Mapping) => {
  const names = `arn (" ${existing.eventSourceArn} ") and function (" ${functionNameOf(existing)} ")`;
  const rest = `Please update or delete the existing mapping with UUID ${existing.uuid}`;
  const message = isQueueArn(existing.eventSourceArn)
    ? `An event source mapping with SQS ${names} already exists. ${rest}`
    : `The event source ${names} provided mapping already exists. ${rest}`;
  return new AwsError(ResourceConflictException$, message, user);
};

export const memberIsNull = (member: string) =>
  invalidParameter(
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null.`,
  );

export const functionDoesNotExist = () => invalidParameter("Function does not exist");

export const streamNotFound = (arn: string) => invalidParameter(`Stream not found: ${arn}`);

export const cannotAccessStream = (arn: string) =>
  invalidParameter(
    `Cannot access stream ${arn}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, ` +
      "ListShards, and ListStreams Actions on your stream in IAM.",
  );

export const cannotAccessTableStream = (arn: string) =>
  invalidParameter(
    `Cannot access stream ${arn}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, ` +
      "and ListStreams Actions on your stream in IAM.",
  );

export const roleMayNot = (operation: string, service: string) =>
  invalidParameter(`The provided execution role does not have permissions to call ${operation} on ${service}`);

export const queueCannotBeRead = (message: string) =>
  invalidParameter(
    "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. " +
      `SQS Error Message: ${message}`,
  );

export const functionOutlastsMessages = (visibilitySeconds: number, timeoutSeconds: number) =>
  invalidParameter(
    `Queue visibility timeout: ${visibilitySeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
  );

const functionNameOf = ({ functionArn }: Mapping): string => functionArn.split(":")[6] ?? functionArn;
