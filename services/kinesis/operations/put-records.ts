import { admit, recordSize } from "../admit.ts";
import { encryptionMember } from "../encryption.ts";
import { dryRun, requestTooLong } from "../errors.ts";
import type { Operation } from "../index.ts";
import { streamMetrics } from "../metrics.ts";
import type { NewRecord } from "../model.ts";
import { decodedLength } from "../record-log.ts";
import { writableStream } from "../resolve.ts";

/** Of the data and the partition keys together. */
const REQUEST_LIMIT_MIB = 10;

/**
 * Appends up to 500 records, each to the shard of its partition key, in the order of the request within each shard. They
 * are kept together or not at all: nothing fails record by record here.
 * @throws ResourceNotFoundException, InvalidArgumentException, ValidationException, DryRunOperationException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export const putRecords: Operation<"PutRecords"> = (ctx, input) => {
  const startedAt = performance.now();
  const live = writableStream(ctx, input);
  const limitBytes = live.stream.maxRecordSizeKiB * 1024;
  const records: NewRecord[] = [];
  let sizeBytes = 0;
  for (const entry of input.Records) {
    const record = admit(entry, limitBytes, records.length);
    records.push(record);
    sizeBytes += decodedLength(record.data) + record.partitionKey.length;
  }
  // keys may have more bytes than characters: exact only where it matters
  if (sizeBytes > (REQUEST_LIMIT_MIB - 1) << 20 && exactSize(records) > REQUEST_LIMIT_MIB << 20) {
    throw requestTooLong(REQUEST_LIMIT_MIB);
  }
  if (input.DryRun) throw dryRun();
  const receipts = ctx.store.append(live, records);
  const took = performance.now() - startedAt;
  streamMetrics(ctx, live).putRecords(records.length, sizeBytes, took, ctx.clock.now());
  return { FailedRecordCount: 0, Records: receipts, ...encryptionMember(live.stream) };
};

const exactSize = (records: readonly NewRecord[]): number =>
  records.reduce((sum, record) => sum + recordSize(record), 0);
