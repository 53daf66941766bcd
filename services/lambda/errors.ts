import {
  InvalidParameterValueException$,
  InvalidRequestContentException$,
  PolicyLengthExceededException$,
  PreconditionFailedException$,
  RequestTooLargeException$,
  ResourceConflictException$,
  ResourceNotFoundException$,
  TooManyRequestsException$,
} from "@aws-sdk/client-lambda";
import { AwsError, type ErrorShape } from "../../emulator/model/errors.ts";

const userError = (shape: ErrorShape, message: string): AwsError => new AwsError(shape, message, { Type: "User" });

export const invalidParameter = (message: string): AwsError => userError(InvalidParameterValueException$, message);

export const notFound = (message: string): AwsError => userError(ResourceNotFoundException$, message);

export const accessDenied = (message: string): AwsError =>
  new AwsError({ code: "AccessDeniedException", status: 403 }, message, { Type: "User" });

export const conflict = (message: string): AwsError => userError(ResourceConflictException$, message);

/** `arn` carries the qualifier that was asked for. */
export const functionNotFound = (arn: string): AwsError => notFound(`Function not found: ${arn}`);

export const aliasNotFound = (arn: string): AwsError => notFound(`Cannot find alias arn: ${arn}`);

export const preconditionFailed = (what: "function" | "alias" | "policy"): AwsError =>
  userError(
    PreconditionFailedException$,
    what === "policy"
      ? "The RevisionId provided does not match the latest RevisionId. Call the GetPolicy API to retrieve the latest RevisionId"
      : `The Revision Id provided does not match the latest Revision Id. Call the Get${what === "alias" ? "Alias" : "Function/GetAlias"} API to retrieve the latest Revision Id`,
  );

export const policyTooLong = (): AwsError =>
  userError(PolicyLengthExceededException$, "The final policy size (20480) is bigger than the limit (20480).");

export const requestTooLarge = (limitBytes: number): AwsError =>
  userError(
    RequestTooLargeException$,
    `Request must be smaller than ${limitBytes} bytes for the InvokeFunction operation`,
  );

export const invalidEvent = (detail: string): AwsError =>
  userError(
    InvalidRequestContentException$,
    `Could not parse request body into json: Could not parse payload into json: ${detail}`,
  );

export type ThrottleReason = "ReservedFunctionConcurrentInvocationLimitExceeded" | "ConcurrentInvocationLimitExceeded";

export const throttled = (reason: ThrottleReason): AwsError =>
  new AwsError(TooManyRequestsException$, "Rate Exceeded.", { Reason: reason, Type: "User" });

/** A constraint that botocore's model does not hold, worded as the ones it does. */
export const constraintViolation = (member: string, value: unknown, limit: string): AwsError =>
  new AwsError(
    { code: "ValidationException", status: 400 },
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${limit}`,
  );
