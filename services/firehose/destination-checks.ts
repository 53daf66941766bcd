import { isTimeZone } from "./delivery/timestamp-format.ts";
import { checkPrefixes } from "./delivery/prefix.ts";
import { invalidArgument } from "./errors.ts";
import type { Destination, S3Target } from "./model.ts";
import { checkProcessors } from "./processors.ts";

const LEAST_PARTITIONED_MIB = 64;
const LEAST_BACKUP_SECONDS = 60;

/**
 * Checks a destination as a whole.
 * @throws AwsError InvalidArgumentException
 */
export function checkDestination(destination: Destination): Destination {
  const { backup, buffering, dynamicPartitioning, timeZone } = destination;
  const isPartitioned = dynamicPartitioning?.enabled ?? false;
  checkTarget(destination, isPartitioned);
  if (isPartitioned) {
    if (buffering.sizeMiB < LEAST_PARTITIONED_MIB) {
      throw invalidArgument(
        `BufferingHints.SizeInMBs must be at least ${LEAST_PARTITIONED_MIB} when Dynamic Partitioning is enabled.`,
      );
    }
    if (buffering.intervalSeconds === 0) {
      throw invalidArgument("BufferingHints.IntervalInSeconds must not be 0 when Dynamic Partitioning is enabled.");
    }
  }
  checkProcessors(destination);
  if (backup) {
    checkTarget(backup, false);
    if (backup.buffering.intervalSeconds < LEAST_BACKUP_SECONDS) {
      throw invalidArgument(
        `BufferingHints.IntervalInSeconds of the S3 backup must be at least ${LEAST_BACKUP_SECONDS}.`,
      );
    }
  }
  if (timeZone && !isTimeZone(timeZone)) throw invalidArgument(`CustomTimeZone ${timeZone} is not a valid time zone.`);
  return destination;
}

function checkTarget(target: S3Target, isPartitioned: boolean): void {
  checkPrefixes(target, isPartitioned);
  const { enabled, group, stream } = target.logging;
  if (enabled && !group) {
    throw invalidArgument("CloudWatch Log Group Name is required if CloudWatch Logging is enabled");
  }
  if (enabled && !stream) {
    throw invalidArgument("CloudWatch Log Stream Name is required if CloudWatch Logging is enabled");
  }
}
