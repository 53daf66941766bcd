import type { Call, Host } from "../../emulator/model/context.ts";
import type { LoggingOptions } from "./model.ts";

export interface LoggedError {
  readonly deliveryStreamARN: string;
  /** ARN of the bucket, or of the source stream. */
  readonly destination: string;
  readonly deliveryStreamVersionId: number;
  readonly message: string;
  readonly errorCode: string;
  /** ARN of the function. */
  readonly processor?: string;
}

/** Firehose's text does not say whom IAM refused what: Headwater's own log does. */
const isRefusal = ({ name }: Error): boolean => name === "AccessDenied" || name === "AccessDeniedException";

/**
 * Writes an error to the log stream that the destination names, as the destination's role. Failing at that hinders nothing.
 * @param cause what the service that was called has said
 * @see https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
 */
export function logError(
  host: Host,
  call: Call,
  { enabled, group, stream }: LoggingOptions,
  error: LoggedError,
  cause?: Error,
): void {
  const level = cause && isRefusal(cause) ? "warn" : "debug";
  host.log[level]("delivery stream", { ...error, cause: cause?.message });
  if (!enabled || group === undefined || stream === undefined) return;
  const logEvents = [{ timestamp: host.clock.now(), message: JSON.stringify(error) }];
  call("logs", "PutLogEvents", { logGroupName: group, logStreamName: stream, logEvents }).catch((problem: unknown) =>
    host.log.warn("delivery stream cannot write its error log", {
      deliveryStream: error.deliveryStreamARN,
      errorCode: error.errorCode,
      error: problem,
    }),
  );
}
