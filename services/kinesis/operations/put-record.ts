import { writesExceeded } from "../capacity/errors.ts";
import { encryptionMember } from "../encryption.ts";
import { dryRun, invalidOrdering } from "../errors.ts";
import type { Operation } from "../index.ts";
import { streamMetrics } from "../metrics.ts";
import { RecordBatch } from "../record-batch.ts";
import { ownerOf, writableStream } from "../resolve.ts";
import { parseSequenceNumber } from "../sequence-number.ts";

/**
 * Appends one record to the shard that owns the MD5 of its partition key, or its explicit hash key. Numbers rise in each
 * shard by themselves; SequenceNumberForOrdering is checked to be a number that was given out.
 * @throws ResourceNotFoundException, InvalidArgumentException, ValidationException, DryRunOperationException,
 *   ProvisionedThroughputExceededException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
 */
export const putRecord: Operation<"PutRecord"> = (ctx, input) => {
  const startedAt = performance.now();
  const live = writableStream(ctx, input);
  const batch = RecordBatch.ofOne(input, live.stream.maxRecordSizeKiB * 1024);
  const ordering = input.SequenceNumberForOrdering;
  if (ordering !== undefined && !isPast(ordering, ctx.clock.now())) {
    throw invalidOrdering(ordering, live.stream.name, ctx.account);
  }
  if (input.DryRun) throw dryRun();
  const receipts = ctx.store.append(live, batch);
  streamMetrics(ctx, live).putRecord(batch, receipts, performance.now() - startedAt, ctx.clock.now());
  const [receipt] = receipts.take();
  if (!receipt) throw writesExceeded(ownerOf(live, batch, 0), live.stream.name, ctx.account);
  return { ...receipt, ...encryptionMember(live.stream) };
};

function isPast(sequenceNumber: string, now: number): boolean {
  const parts = parseSequenceNumber(sequenceNumber);
  return parts !== undefined && parts.arrivalSeconds <= Math.floor(now / 1000);
}
