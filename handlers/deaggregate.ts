import type { KinesisStreamRecord, KinesisStreamRecordPayload } from "aws-lambda";
import { innerRecords } from "../kpl/aggregated-record.ts";

/** One record of a producer's: a Kinesis record, or one of those that the Kinesis Producer Library has put into it. */
export interface UserRecord extends KinesisStreamRecordPayload {
  /** The place in an aggregated record: together with the sequence number it names the record. */
  readonly subSequenceNumber?: number;
  readonly explicitHashKey?: string;
}

/** The user records of a batch, in their order. Kinesis and Lambda deliver aggregated records as they were put. */
export const deaggregate = (records: readonly KinesisStreamRecord[]): UserRecord[] =>
  records.flatMap(({ kinesis }): UserRecord[] => {
    const inner = innerRecords(Buffer.from(kinesis.data, "base64"));
    return (
      inner?.map(({ data, ...keys }, subSequenceNumber) => ({
        ...kinesis,
        ...keys,
        subSequenceNumber,
        data: Buffer.from(data).toString("base64"),
      })) ?? [kinesis]
    );
  });
