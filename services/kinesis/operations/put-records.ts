import { writtenOutput } from "../../../emulator/protocol/written-output.ts";
import { writesExceeded } from "../capacity/errors.ts";
import { encryptionMember } from "../encryption.ts";
import { dryRun, requestTooLong } from "../errors.ts";
import type { Operation } from "../index.ts";
import { streamMetrics } from "../metrics.ts";
import { RecordBatch } from "../record-batch.ts";
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
  const batch = RecordBatch.of(input.Records, live.stream.maxRecordSizeKiB * 1024);
  if (batch.sizeBytes > REQUEST_LIMIT_MIB << 20) throw requestTooLong(REQUEST_LIMIT_MIB);
  if (input.DryRun) throw dryRun();
  const receipts = ctx.store.append(live, batch);
  const took = performance.now() - startedAt;
  streamMetrics(ctx, live).putRecords(batch, receipts, took, ctx.clock.now());
  const others = { FailedRecordCount: receipts.refused, ...encryptionMember(live.stream) };
  if (receipts.refused === 0)
    return writtenOutput(others, "Records", { json: receipts.items, value: () => receipts.list() });
  const refusal = (place: number) => {
    const { name, message } = writesExceeded(ownerOf(live, batch, place), live.stream.name, ctx.account);
    return { ErrorCode: name, ErrorMessage: message };
  };
  return { ...others, Records: receipts.take().map((receipt, place) => receipt ?? refusal(place)) };
};
