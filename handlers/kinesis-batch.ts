import type { Logger } from "@aws-lambda-powertools/logger";
import type { KinesisStreamBatchResponse, KinesisStreamRecordPayload } from "aws-lambda";

/** A record that is no event, and why. */
export interface Malformed {
  readonly sequenceNumber: string;
  readonly reason: string;
}

/** Malformed records named in one log line; all of them are reported to the event source mapping. */
const LOGGED_FAILURES = 10;

/** Gives each record to `take`, in the order of the shard. @returns those for which it throws: they are malformed */
export function takeEach<R extends KinesisStreamRecordPayload>(
  records: readonly R[],
  take: (record: R) => void,
): Malformed[] {
  const malformed: Malformed[] = [];
  for (const record of records) {
    try {
      take(record);
    } catch (error) {
      malformed.push({ sequenceNumber: record.sequenceNumber, reason: (error as Error).message });
    }
  }
  return malformed;
}

/**
 * Reports malformed records one by one, so that they end at the on-failure destination and their neighbours do not. An aggregated
 * record goes there whole: Lambda knows no smaller part.
 */
export function reportEach(logger: Logger, malformed: readonly Malformed[]): KinesisStreamBatchResponse {
  if (malformed.length > 0) logger.warn("malformed records", { malformed: malformed.slice(0, LOGGED_FAILURES) });
  const numbers = new Set(malformed.map(({ sequenceNumber }) => sequenceNumber));
  return { batchItemFailures: [...numbers].map((itemIdentifier) => ({ itemIdentifier })) };
}
