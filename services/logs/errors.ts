import {
  InvalidParameterException$,
  LimitExceededException$,
  ResourceAlreadyExistsException$,
  ResourceNotFoundException$,
} from "@aws-sdk/client-cloudwatch-logs";
import { AwsError } from "../../emulator/model/errors.ts";

export const groupNotFound = () => new AwsError(ResourceNotFoundException$, "The specified log group does not exist.");

export const streamNotFound = () =>
  new AwsError(ResourceNotFoundException$, "The specified log stream does not exist.");

export const groupExists = () =>
  new AwsError(ResourceAlreadyExistsException$, "The specified log group already exists");

export const streamExists = () =>
  new AwsError(ResourceAlreadyExistsException$, "The specified log stream already exists");

export const filterNotFound = () => new AwsError(ResourceNotFoundException$, "The specified filter does not exist.");

export const filterLimit = () => new AwsError(LimitExceededException$, "Resource limit exceeded.");

export const invalidParameter = (message: string) => new AwsError(InvalidParameterException$, message);

export const invalidNextToken = () => invalidParameter("The specified nextToken is invalid.");

export const tooManyTags = () => new AwsError(LimitExceededException$, "A resource can have at most 50 tags.");
