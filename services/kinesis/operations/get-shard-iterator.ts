import {
  dryRun,
  invalidStartingSequenceNumber,
  sequenceNumberMissing,
  sequenceNumberNotExpected,
  shardDoesNotExist,
  shardNotFound,
  timestampInFuture,
  timestampMissing,
  wrongShard,
} from "../errors.ts";
import type { Operation } from "../index.ts";
import { sealIterator } from "../iterator.ts";
import type { Shard } from "../model.ts";
import { streamName } from "../resolve.ts";
import { parseSequenceNumber } from "../sequence-number.ts";
import { shardNumber } from "../shard-id.ts";
import type { LiveStream } from "../store.ts";

type Run = Operation<"GetShardIterator">;
type Context = Parameters<Run>[0];
type Input = Parameters<Run>[1];

/**
 * A place in a shard to read from, as an opaque token that is good for five minutes.
 * @throws ResourceNotFoundException, InvalidArgumentException, DryRunOperationException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
 */
export const getShardIterator: Run = (ctx, input) => {
  const name = streamName(ctx, input);
  const number = shardNumber(input.ShardId);
  if (number === undefined) throw shardNotFound(input.ShardId, name, ctx.account);
  const live = ctx.store.find(name);
  const shard = live?.shards.find((candidate) => candidate.number === number);
  if (!live || !shard) throw shardDoesNotExist(number, name, ctx.account);
  const at = position(ctx, input, live, shard);
  if (input.DryRun) throw dryRun();
  return { ShardIterator: sealIterator(ctx, live, shard, at) };
};

function position(ctx: Context, input: Input, live: LiveStream, shard: Shard): number {
  const { ShardIteratorType: type, StartingSequenceNumber: start } = input;
  switch (type) {
    case "AT_SEQUENCE_NUMBER":
    case "AFTER_SEQUENCE_NUMBER": {
      if (start === undefined) throw sequenceNumberMissing(type);
      const at = positionOf(start, shard, live.stream.name, ctx.account);
      return type === "AT_SEQUENCE_NUMBER" ? at : at + 1;
    }
    case "AT_TIMESTAMP": {
      const time = input.Timestamp?.getTime();
      if (time === undefined || Number.isNaN(time)) throw timestampMissing();
      if (time > ctx.clock.now()) throw timestampInFuture(time, ctx.clock.now());
      return ctx.store.positionAt(live, shard, time);
    }
    default:
      if (start !== undefined) throw sequenceNumberNotExpected(type);
      return type === "LATEST" ? ctx.store.end(live, shard) : 0;
  }
}

/** The position that a sequence number names in the shard, wherever the shard now begins. */
function positionOf(sequenceNumber: string, shard: Shard, name: string, account: string): number {
  const parts = parseSequenceNumber(sequenceNumber);
  if (!parts) throw invalidStartingSequenceNumber(sequenceNumber, shard.number, name, account);
  if (parts.shardNumber !== shard.number) throw wrongShard(parts.shardNumber, shard.number);
  if (parts.epochSeconds !== shard.epochSeconds) {
    const reason = "because it did not come from this stream";
    throw invalidStartingSequenceNumber(sequenceNumber, shard.number, name, account, reason);
  }
  return parts.position;
}
