import { writtenOutput } from "../../../emulator/protocol/written-output.ts";
import { readsExceeded } from "../capacity/errors.ts";
import { childShards } from "../describe.ts";
import { dryRun, iteratorOfOtherStream, shardDoesNotExist } from "../errors.ts";
import type { Operation } from "../index.ts";
import { openIterator, sealIterator } from "../iterator.ts";
import { streamMetrics } from "../metrics.ts";
import { isOpen } from "../model.ts";
import { findShard, streamName } from "../resolve.ts";
import { shardId } from "../shard-id.ts";

const LIMIT = 10_000;
const LIMIT_BYTES = 10 << 20;

/**
 * Reads a shard from an iterator on: up to 10,000 records or 10 MiB. At the end of a closed shard there is no next
 * iterator, and the children are named.
 * @throws ResourceNotFoundException, InvalidArgumentException, ExpiredIteratorException, DryRunOperationException,
 *   ProvisionedThroughputExceededException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
 */
export const getRecords: Operation<"GetRecords"> = (ctx, input) => {
  const startedAt = performance.now();
  const iterator = openIterator(ctx, input.ShardIterator);
  if (input.StreamARN !== undefined && streamName(ctx, input) !== iterator.name) throw iteratorOfOtherStream();
  const live = ctx.store.find(iterator.name);
  const shard = live && findShard(ctx, live, iterator.shardNumber);
  if (!live || !shard) throw shardDoesNotExist(iterator.shardNumber, iterator.name, ctx.account);

  if (input.DryRun) throw dryRun();
  const now = ctx.clock.now();
  // the services of the emulator itself are woken and read to the end: that counts as no polling
  const rate = ctx.store.limited && ctx.request ? live.throughput.of(shard) : undefined;
  if (rate && !rate.mayRead(now)) {
    streamMetrics(ctx, live).getRecordsRefused(shard, performance.now() - startedAt, now);
    throw readsExceeded(shardId(shard.number), live.stream.name, ctx.account);
  }

  // an iterator of an earlier stream of this name stands before everything in this one
  const start = iterator.epochSeconds === shard.epochSeconds ? iterator.position : 0;
  const page = ctx.store.read(live, shard, start, input.Limit ?? LIMIT, LIMIT_BYTES);
  const isBehind = page.next < ctx.store.end(live, shard);
  const isAtEnd = !isBehind && !isOpen(shard);
  rate?.hasRead(page.bytes);
  const ageMs = page.lastArrival === undefined ? 0 : Math.max(0, now - page.lastArrival);
  streamMetrics(ctx, live).getRecords(shard, page.count, page.bytes, ageMs, performance.now() - startedAt, now);
  const others = {
    ...(!isAtEnd && { NextShardIterator: sealIterator(ctx, live, shard, page.next) }),
    MillisBehindLatest: isBehind ? ageMs : 0,
    ...(isAtEnd && { ChildShards: childShards(live, shard) }),
  };
  return writtenOutput(others, "Records", { json: page.items, value: () => page.list() });
};
