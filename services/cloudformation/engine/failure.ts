import { AwsError } from "../../../emulator/model/errors.ts";
import type { Ids } from "../../../emulator/runtime/ids.ts";

/** The emulator stops: what is being done is left as it stands in storage and goes on at the next start. */
export class Stopping extends Error {
  override readonly name = "Stopping";
}

/** Another resource failed, the stack's time is over, or somebody cancelled: what waits is given up. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

/** A failure that CloudFormation words itself. `code` is one of its handler error codes. */
export class HandlerError extends Error {
  override readonly name = "HandlerError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A failure whose whole text is what the event says. */
export class PlainFailure extends Error {
  override readonly name = "PlainFailure";
}

const CODES: readonly (readonly [RegExp, string])[] = [
  [/NotFound|NoSuch/, "NotFound"],
  [/AlreadyExists|ResourceInUse|Conflict|BucketAlready/, "AlreadyExists"],
  [/AccessDenied|Unauthorized/, "AccessDenied"],
  [/LimitExceeded/, "ServiceLimitExceeded"],
  [/Throttl|TooManyRequests/, "Throttling"],
];

/** What an event says of a resource that failed. */
export function failureReason(error: unknown, type: string, ids: Ids): string {
  if (error instanceof PlainFailure) return error.message;
  const token = ids.uuid();
  if (error instanceof HandlerError) return handlerMessage(error.message, token, error.code);
  if (error instanceof AwsError) {
    const status = "code" in error.shape ? error.shape.status : 400;
    const service = type.split("::")[1] ?? type;
    const text = `${error.message} (Service: ${service}, Status Code: ${status}, Request ID: ${ids.uuid()})`;
    return handlerMessage(text, token, CODES.find(([name]) => name.test(error.name))?.[1] ?? "InvalidRequest");
  }
  return handlerMessage("Internal Failure", token, "InternalFailure");
}

const handlerMessage = (text: string, token: string, code: string): string =>
  `Resource handler returned message: "${text}" (RequestToken: ${token}, HandlerErrorCode: ${code})`;

export const alreadyExists = (type: string, identifier: string): HandlerError =>
  new HandlerError("AlreadyExists", `Resource of type '${type}' with identifier '${identifier}' already exists.`);
