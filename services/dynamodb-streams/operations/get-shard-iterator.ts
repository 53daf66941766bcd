import type { Shard, Stream } from "../../dynamodb/streams/model.ts";
import { positionOf } from "../../dynamodb/streams/sequence-number.ts";
import {
  invalidSequenceNumber,
  sequenceNumberMissing,
  sequenceNumberNotExpected,
  shardNotFound,
  streamNotFound,
  trimmed,
} from "../errors.ts";
import type { Operation } from "../index.ts";
import { sealIterator } from "../iterator.ts";

type Run = Operation<"GetShardIterator">;

/**
 * A place in a shard to read from, as an opaque token that is good for fifteen minutes.
 * @throws ValidationException, ResourceNotFoundException, TrimmedDataAccessException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
 */
export const getShardIterator: Run = (ctx, input) => {
  checkSequenceNumber(input);
  const stream = ctx.store.find(input.StreamArn);
  if (stream === undefined) throw streamNotFound(input.StreamArn);
  const shard = ctx.store.shards(stream).find(({ id }) => id === input.ShardId);
  if (shard === undefined) throw shardNotFound();
  return { ShardIterator: sealIterator(ctx, stream, shard, position(ctx, input, stream, shard)) };
};

function checkSequenceNumber({ ShardIteratorType: type, SequenceNumber: number }: Parameters<Run>[1]): void {
  const isNeeded = type === "AT_SEQUENCE_NUMBER" || type === "AFTER_SEQUENCE_NUMBER";
  if (isNeeded && number === undefined) throw sequenceNumberMissing(type);
  if (!isNeeded && number !== undefined) throw sequenceNumberNotExpected(type);
}

function position(ctx: Parameters<Run>[0], input: Parameters<Run>[1], stream: Stream, shard: Shard): number {
  const { ShardIteratorType: type, SequenceNumber: number = "" } = input;
  if (type === "LATEST") return ctx.store.end(stream, shard);
  const horizon = ctx.store.horizon(stream, shard);
  if (type === "TRIM_HORIZON") return horizon;
  const at = positionOf(stream, number);
  if (at === undefined || at < shard.startingPosition || at > (shard.endingPosition ?? Infinity)) {
    throw invalidSequenceNumber();
  }
  if (at < horizon) throw trimmed();
  return type === "AT_SEQUENCE_NUMBER" ? at : at + 1;
}
