import type { Context } from "../../emulator/model/context.ts";
import { expiredIterator, invalidIterator } from "./errors.ts";
import type { KinesisState } from "./index.ts";
import { TOKEN_LIFETIME_MS, type Shard } from "./model.ts";
import type { LiveStream } from "./store.ts";

/** What a shard iterator stands for. */
export interface ShardIterator {
  readonly name: string;
  readonly shardNumber: number;
  readonly epochSeconds: number;
  /** Of the next record to read. */
  readonly position: number;
}

export const sealIterator = (
  ctx: Context<KinesisState>,
  { stream }: LiveStream,
  shard: Shard,
  position: number,
): string =>
  ctx.store.tokens.seal("shard-iterator", [ctx.clock.now(), stream.name, shard.number, shard.epochSeconds, position]);

/** @throws InvalidArgumentException, ExpiredIteratorException */
export function openIterator(ctx: Context<KinesisState>, token: string): ShardIterator {
  const content = ctx.store.tokens.open("shard-iterator", token);
  if (!content) throw invalidIterator();
  const [createdAt, name, shardNumber, epochSeconds, position] = content as [number, string, number, number, number];
  const now = ctx.clock.now();
  if (now - createdAt > TOKEN_LIFETIME_MS) throw expiredIterator(createdAt, now, TOKEN_LIFETIME_MS);
  return { name, shardNumber, epochSeconds, position };
}
