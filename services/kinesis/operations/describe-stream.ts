import { describeShard, describeState, unexpiredShards } from "../describe.ts";
import type { Operation } from "../index.ts";
import { findStream, startAfter } from "../resolve.ts";

const PAGE_SIZE = 100;

/**
 * A stream with up to 100 of its shards, after `ExclusiveStartShardId`.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStream.html
 */
export const describeStream: Operation<"DescribeStream"> = (ctx, input) => {
  const live = findStream(ctx, input);
  const { stream } = live;
  const start = startAfter(ctx, stream.name, input.ExclusiveStartShardId);
  const shards = unexpiredShards(live, ctx.clock.now()).filter((shard) => shard.number > start);
  const page = shards.slice(0, Math.min(input.Limit ?? PAGE_SIZE, PAGE_SIZE));
  return {
    StreamDescription: {
      ...describeState(stream, ctx.store.arn(stream.name)),
      Shards: page.map(describeShard),
      HasMoreShards: page.length < shards.length,
    },
  };
};
