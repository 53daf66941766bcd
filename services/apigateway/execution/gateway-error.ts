import type { GatewayResponseType } from "@aws-sdk/client-api-gateway";
import type { AwsError } from "../../../emulator/model/errors.ts";

/**
 * A request that API Gateway itself answers. `type` says which gateway response words it; `message` is `null` where AWS says
 * nothing.
 */
export class GatewayError extends Error {
  readonly type: GatewayResponseType;
  /** `x-amzn-ErrorType`. */
  readonly errorType: string;
  readonly text: string | null;
  /** Where it is not that of the type. */
  readonly status: number | undefined;
  /** What a validator found, in its words. */
  readonly validationError: string | undefined;

  constructor(
    type: GatewayResponseType,
    errorType: string,
    text: string | null,
    more: { readonly status?: number; readonly validationError?: string; readonly cause?: unknown } = {},
  ) {
    const { stackTraceLimit } = Error;
    // an answer, not a fault: nobody reads where it was made
    Error.stackTraceLimit = 0;
    super(text ?? type, { cause: more.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.type = type;
    this.errorType = errorType;
    this.text = text;
    this.status = more.status;
    this.validationError = more.validationError;
  }
}

export const forbidden = () => new GatewayError("ACCESS_DENIED", "ForbiddenException", "Forbidden");

export const invalidApiKey = () => new GatewayError("INVALID_API_KEY", "ForbiddenException", "Forbidden");

export const missingAuthenticationToken = () =>
  new GatewayError(
    "MISSING_AUTHENTICATION_TOKEN",
    "MissingAuthenticationTokenException",
    "Missing Authentication Token",
  );

/** A signature or a key that does not hold. */
export const refusedSignature = ({ name, message }: AwsError) =>
  new GatewayError(name === "ExpiredTokenException" ? "EXPIRED_TOKEN" : "INVALID_SIGNATURE", name, message);

export const unauthorized = () => new GatewayError("UNAUTHORIZED", "UnauthorizedException", "Unauthorized");

export const accessDenied = (message: string) => new GatewayError("ACCESS_DENIED", "AccessDeniedException", message);

export const throttled = () => new GatewayError("THROTTLED", "TooManyRequestsException", "Too Many Requests");

export const quotaExceeded = () => new GatewayError("QUOTA_EXCEEDED", "LimitExceededException", "Limit Exceeded");

export const badParameters = (missing: readonly string[]) => {
  const text = `Missing required request parameters: [${missing.join(", ")}]`;
  return new GatewayError("BAD_REQUEST_PARAMETERS", "BadRequestException", text, { validationError: text });
};

export const badBody = (validationError: string) =>
  new GatewayError("BAD_REQUEST_BODY", "BadRequestException", "Invalid request body", { validationError });

export const badJson = () =>
  new GatewayError("DEFAULT_4XX", "BadRequestException", "Invalid JSON in request body", { status: 400 });

/** @param message of Lambda, which clients see */
export const notJson = (message: string) =>
  new GatewayError("DEFAULT_4XX", "BadRequestException", message, { status: 400 });

export const requestTooLong = () =>
  new GatewayError("REQUEST_TOO_LARGE", "RequestEntityTooLargeException", "Request Too Long");

export const unsupportedMediaType = () =>
  new GatewayError("UNSUPPORTED_MEDIA_TYPE", "UnsupportedMediaTypeException", "Unsupported Media Type");

const INTERNAL = "Internal server error";

/** The API is not set up well, or something failed within. */
export const internalError = (cause?: unknown) =>
  new GatewayError("API_CONFIGURATION_ERROR", "InternalServerErrorException", INTERNAL, { cause });

/** What a proxied function did cannot be answered. */
export const badGateway = (cause?: unknown) =>
  new GatewayError("DEFAULT_5XX", "InternalServerErrorException", INTERNAL, { status: 502, cause });

export const integrationFailure = (message: string, cause?: unknown) =>
  new GatewayError("INTEGRATION_FAILURE", "InternalServerErrorException", message, { cause });

export const integrationTimeout = () =>
  new GatewayError("INTEGRATION_TIMEOUT", "InternalServerErrorException", "Endpoint request timed out");

export const authorizerFailure = (cause?: unknown) =>
  new GatewayError("AUTHORIZER_FAILURE", "InternalServerErrorException", null, { cause });

export const authorizerConfigurationError = (cause?: unknown) =>
  new GatewayError("AUTHORIZER_CONFIGURATION_ERROR", "AuthorizerConfigurationException", null, { cause });
