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

/**
 * Writes an error to the log stream that the destination names, as the destination's role. Failing at that hinders nothing.
 * @see https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
 */
export function logError(host: Host, call: Call, { enabled, group, stream }: LoggingOptions, error: LoggedError): void {
  host.log.debug("delivery stream", error);
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
