import type { Context } from "../../emulator/model/context.ts";
import type { Shard, Stream } from "../dynamodb/streams/model.ts";
import { expiredIterator, invalidIterator } from "./errors.ts";
import type { DynamoDbStreamsState } from "./index.ts";

const LIFETIME_MS = 15 * 60 * 1000;
const KIND = "dynamodb-shard-iterator";
/** What stands between the ARN of the stream and the sealed rest. */
const SEPARATOR = "|1|";

/** What a shard iterator stands for. */
export interface ShardIterator {
  readonly streamArn: string;
  readonly streamId: number;
  readonly shardNumber: number;
  /** Of the next record to read. */
  readonly position: number;
}

type StreamsContext = Context<DynamoDbStreamsState>;

/** The ARN in an iterator, which stands there in the open. */
export const arnOfIterator = (token: string): string => token.split(SEPARATOR, 1)[0] ?? "";

export function sealIterator(ctx: StreamsContext, stream: Stream, shard: Shard, position: number): string {
  const content = [ctx.clock.now(), stream.arn, stream.id, shard.number, position];
  return `${stream.arn}${SEPARATOR}${ctx.store.tokens.seal(KIND, content)}`;
}

/** @throws AwsError ValidationException, ExpiredIteratorException */
export function openIterator(ctx: StreamsContext, token: string): ShardIterator {
  const streamArn = arnOfIterator(token);
  const content = ctx.store.tokens.open(KIND, token.slice(streamArn.length + SEPARATOR.length));
  if (content?.[1] !== streamArn) throw invalidIterator();
  const [createdAt, , streamId, shardNumber, position] = content as [number, string, number, number, number];
  if (ctx.clock.now() - createdAt > LIFETIME_MS) throw expiredIterator();
  return { streamArn, streamId, shardNumber, position };
}
