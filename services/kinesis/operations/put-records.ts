import { admit, recordSize, roughSize } from "../admit.ts";
import { encryptionMember } from "../encryption.ts";
import { dryRun, requestTooLong, writesExceeded } from "../errors.ts";
import type { Operation } from "../index.ts";
import { streamMetrics } from "../metrics.ts";
import type { NewRecord, Receipt } from "../model.ts";
import { ownerOf, writableStream } from "../resolve.ts";

/** Of the data and the partition keys together. */
const REQUEST_LIMIT_MIB = 10;

/**
 * Appends up to 500 records, each to the shard of its partition key, in the order of the request within each shard. One that is
 * malformed fails the call; one that its shard does not take now fails alone, and those behind it are tried all the same.
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
    sizeBytes += roughSize(record);
  }
  if (sizeBytes > (REQUEST_LIMIT_MIB - 1) << 20 && exactSize(records) > REQUEST_LIMIT_MIB << 20) {
    throw requestTooLong(REQUEST_LIMIT_MIB);
  }
  if (input.DryRun) throw dryRun();
  const receipts = ctx.store.append(live, records);
  const took = performance.now() - startedAt;
  const refused = streamMetrics(ctx, live).putRecords(records, receipts, sizeBytes, took, ctx.clock.now());
  const refusal = (place: number) => {
    const shard = ownerOf(live, (records[place] as NewRecord).hashKey);
    const { name, message } = writesExceeded(shard, live.stream.name, ctx.account);
    return { ErrorCode: name, ErrorMessage: message };
  };
  return {
    FailedRecordCount: refused,
    Records: refused === 0 ? (receipts as Receipt[]) : receipts.map((receipt, place) => receipt ?? refusal(place)),
    ...encryptionMember(live.stream),
  };
};

const exactSize = (records: readonly NewRecord[]): number =>
  records.reduce((sum, record) => sum + recordSize(record), 0);
