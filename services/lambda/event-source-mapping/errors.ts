import {
  InvalidParameterValueException$,
  ResourceConflictException$,
  ResourceInUseException$,
  ResourceNotFoundException$,
} from "@aws-sdk/client-lambda";
import { AwsError } from "../../../emulator/model/errors.ts";
import type { Mapping } from "./model.ts";
import { isQueueArn } from "./source.ts";

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

const streamNotFound = (arn: string) => invalidParameter(`Stream not found: ${arn}`);

export const cannotAccessStream = (arn: string) =>
  invalidParameter(
    `Cannot access stream ${arn}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, ` +
      "ListShards, and ListStreams Actions on your stream in IAM.",
  );

/** What Lambda says when Kinesis refuses what `work` asks of a stream. */
export async function sayingWhatIsWrongWith<T>(streamArn: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { name } = error as Error;
    if (name === "ResourceNotFoundException") throw streamNotFound(streamArn);
    if (name === "AccessDeniedException") throw cannotAccessStream(streamArn);
    throw error;
  }
}

const functionNameOf = ({ functionArn }: Mapping): string => functionArn.split(":")[6] ?? functionArn;
