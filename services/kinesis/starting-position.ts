import type { ShardIteratorType } from "@aws-sdk/client-kinesis";
import type { Context } from "../../emulator/model/context.ts";
import {
  invalidStartingSequenceNumber,
  sequenceNumberMissing,
  sequenceNumberNotExpected,
  timestampInFuture,
  timestampMissing,
  wrongShard,
} from "./errors.ts";
import type { KinesisState } from "./index.ts";
import type { Shard } from "./model.ts";
import { parseSequenceNumber } from "./sequence-number.ts";
import type { LiveStream } from "./store.ts";

type KinesisContext = Context<KinesisState>;

/** Where somebody wants to begin in a shard. */
export interface StartingPosition {
  readonly operation: "GetShardIterator" | "SubscribeToShard";
  readonly type: ShardIteratorType;
  readonly sequenceNumber: string | undefined;
  readonly timestamp: Date | undefined;
}

/** The position of the first record to read. @throws InvalidArgumentException */
export function positionAt(ctx: KinesisContext, live: LiveStream, shard: Shard, start: StartingPosition): number {
  const { type, sequenceNumber, timestamp } = start;
  switch (type) {
    case "AT_SEQUENCE_NUMBER":
    case "AFTER_SEQUENCE_NUMBER": {
      if (sequenceNumber === undefined) throw sequenceNumberMissing(type);
      const at = positionOf(sequenceNumber, shard, live.stream.name, ctx.account, start.operation);
      return type === "AT_SEQUENCE_NUMBER" ? at : at + 1;
    }
    case "AT_TIMESTAMP": {
      const time = timestamp?.getTime();
      if (time === undefined || Number.isNaN(time)) throw timestampMissing();
      if (time > ctx.clock.now()) throw timestampInFuture(time, ctx.clock.now());
      return ctx.store.positionAt(live, shard, time);
    }
    default:
      if (sequenceNumber !== undefined) throw sequenceNumberNotExpected(type);
      return type === "LATEST" ? ctx.store.end(live, shard) : 0;
  }
}

/** The position that a sequence number names in the shard, wherever the shard now begins. */
function positionOf(
  sequenceNumber: string,
  shard: Shard,
  stream: string,
  account: string,
  operation: StartingPosition["operation"],
): number {
  const parts = parseSequenceNumber(sequenceNumber);
  if (!parts) throw invalidStartingSequenceNumber(sequenceNumber, operation, shard.number, stream, account);
  if (parts.shardNumber !== shard.number) throw wrongShard(parts.shardNumber, shard.number);
  if (parts.epochSeconds !== shard.epochSeconds) {
    const reason = "because it did not come from this stream";
    throw invalidStartingSequenceNumber(sequenceNumber, operation, shard.number, stream, account, reason);
  }
  return parts.position;
}
