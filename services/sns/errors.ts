import {
  AuthorizationErrorException$,
  BatchEntryIdsNotDistinctException$,
  BatchRequestTooLongException$,
  EmptyBatchRequestException$,
  FilterPolicyLimitExceededException$,
  InvalidBatchEntryIdException$,
  InvalidParameterException$,
  InvalidParameterValueException$,
  KMSAccessDeniedException$,
  NotFoundException$,
  ResourceNotFoundException$,
  TagLimitExceededException$,
  TooManyEntriesInBatchRequestException$,
} from "@aws-sdk/client-sns";
import { AwsError } from "../../emulator/model/errors.ts";

/** SNS's one error for nearly everything that is wrong with a request. */
export const invalidParameter = (what: string) =>
  new AwsError(InvalidParameterException$, `Invalid parameter: ${what}`);

/** What is wrong with a message attribute. */
export const invalidValue = (message: string) => new AwsError(InvalidParameterValueException$, message);

export const topicNotFound = () => new AwsError(NotFoundException$, "Topic does not exist");

export const subscriptionNotFound = () => new AwsError(NotFoundException$, "Subscription does not exist");

/** TagResource and its like. */
export const resourceNotFound = () => new AwsError(ResourceNotFoundException$, "Resource does not exist");

export const tooManyTags = () =>
  new AwsError(TagLimitExceededException$, "Could not complete request: tag quota of per resource exceeded");

export const filterPolicyLimit = () =>
  new AwsError(FilterPolicyLimitExceededException$, "Filter policy limit exceeded for this topic");

export const keyRefused = (message: string) => new AwsError(KMSAccessDeniedException$, message);

export const notAuthorized = (message: string) => new AwsError(AuthorizationErrorException$, message);

export const emptyBatch = () =>
  new AwsError(EmptyBatchRequestException$, "The batch request doesn't contain any entries.");

export const tooManyEntries = () =>
  new AwsError(TooManyEntriesInBatchRequestException$, "The batch request contains more entries than permissible.");

export const batchTooLong = () =>
  new AwsError(BatchRequestTooLongException$, "The length of all the messages put together is more than the limit.");

export const idsNotDistinct = () =>
  new AwsError(BatchEntryIdsNotDistinctException$, "Two or more batch entries in the request have the same Id.");

export const invalidEntryId = (message: string) => new AwsError(InvalidBatchEntryIdException$, message);
