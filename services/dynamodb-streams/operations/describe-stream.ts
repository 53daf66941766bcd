import type { InputOf, OutputOf } from "../../../emulator/model/sdk.ts";
import { keySchema } from "../../dynamodb/table-description.ts";
import type { Shard, Stream } from "../../dynamodb/streams/model.ts";
import { sequenceNumber } from "../../dynamodb/streams/sequence-number.ts";
import { limitTooHigh, shardFilterIncomplete, streamNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";

type Filter = InputOf<"dynamodb-streams", "DescribeStream">["ShardFilter"];
type ShardDescription = NonNullable<
  NonNullable<OutputOf<"dynamodb-streams", "DescribeStream">["StreamDescription"]>["Shards"]
>[number];

const MOST_SHARDS = 100;

/**
 * A stream and its shards, by pages, or the children of one of its shards.
 * @throws ValidationException, ResourceNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_DescribeStream.html
 */
export const describeStream: Operation<"DescribeStream"> = (ctx, input) => {
  const { Limit: limit = MOST_SHARDS, ExclusiveStartShardId: after = "" } = input;
  if (limit > MOST_SHARDS) throw limitTooHigh(limit, MOST_SHARDS);
  const isWanted = filterOf(input.ShardFilter);
  const stream = ctx.store.find(input.StreamArn);
  if (stream === undefined) throw streamNotFound(input.StreamArn);
  const shards = ctx.store.shards(stream).filter((shard) => shard.id > after && isWanted(shard));
  const page = shards.slice(0, limit);
  return {
    StreamDescription: {
      StreamArn: stream.arn,
      StreamLabel: stream.label,
      StreamStatus: stream.status,
      StreamViewType: stream.viewType,
      CreationRequestDateTime: new Date(stream.createdAt),
      TableName: stream.tableName,
      KeySchema: keySchema(stream.keys),
      Shards: page.map((shard) => describeShard(stream, shard)),
      ...(page.length < shards.length && { LastEvaluatedShardId: page.at(-1)?.id }),
    },
  };
};

function filterOf(filter: Filter): (shard: Shard) => boolean {
  if (filter === undefined) return () => true;
  if (filter.Type === undefined) throw shardFilterIncomplete("Type");
  if (filter.ShardId === undefined) throw shardFilterIncomplete("ShardId");
  return ({ parentId }) => parentId === filter.ShardId;
}

const describeShard = (stream: Stream, shard: Shard): ShardDescription => ({
  ShardId: shard.id,
  SequenceNumberRange: {
    StartingSequenceNumber: sequenceNumber(stream, shard.startingPosition),
    ...(shard.endingPosition !== undefined && { EndingSequenceNumber: sequenceNumber(stream, shard.endingPosition) }),
  },
  ...(shard.parentId !== undefined && { ParentShardId: shard.parentId }),
});
