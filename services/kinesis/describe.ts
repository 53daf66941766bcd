import type { Encoded } from "../../emulator/model/sdk.ts";
import type * as sdk from "@aws-sdk/client-kinesis";
import { toDecimal } from "./hash-key.ts";
import { horizonOf, isExpired, statusOf, type Shard, type Stream } from "./model.ts";
import { endingSequenceNumber, startingSequenceNumber } from "./sequence-number.ts";
import { shardId } from "./shard-id.ts";
import type { LiveStream } from "./store.ts";

export const hashKeyRange = (shard: Shard): sdk.HashKeyRange => ({
  StartingHashKey: toDecimal(shard.startingHashKey),
  EndingHashKey: toDecimal(shard.endingHashKey),
});

/** A shard in the words of DescribeStream and ListShards. */
export const describeShard = (shard: Shard): Encoded<"kinesis", sdk.Shard> => ({
  ShardId: shardId(shard.number),
  ...(shard.parent !== undefined && { ParentShardId: shardId(shard.parent) }),
  ...(shard.adjacentParent !== undefined && { AdjacentParentShardId: shardId(shard.adjacentParent) }),
  HashKeyRange: hashKeyRange(shard),
  SequenceNumberRange: {
    StartingSequenceNumber: startingSequenceNumber(shard),
    ...(shard.closedAt !== undefined && { EndingSequenceNumber: endingSequenceNumber(shard, shard.closedAt) }),
  },
});

/** What DescribeStream and DescribeStreamSummary both say of a stream. */
export const describeState = (stream: Stream, arn: string) => ({
  StreamName: stream.name,
  StreamARN: arn,
  StreamStatus: statusOf(stream),
  StreamModeDetails: { StreamMode: stream.mode },
  RetentionPeriodHours: stream.retentionHours,
  StreamCreationTimestamp: new Date(stream.createdAt),
  EnhancedMonitoring: [{ ShardLevelMetrics: [...(stream.shardLevelMetrics ?? [])] }],
  EncryptionType: stream.encryptionKey === undefined ? ("NONE" as const) : ("KMS" as const),
  ...(stream.encryptionKey !== undefined && { KeyId: stream.encryptionKey }),
});

/** The shards that may still hold records. */
export function unexpiredShards({ stream, shards }: LiveStream, now: number): Shard[] {
  const horizon = horizonOf(stream, now);
  return shards.filter((shard) => !isExpired(shard, horizon));
}

/** The shards that a closed one was split or merged into, in the words of GetRecords and SubscribeToShard. */
export const childShards = (live: LiveStream, shard: Shard): sdk.ChildShard[] =>
  live.shards
    .filter(({ parent, adjacentParent }) => parent === shard.number || adjacentParent === shard.number)
    .map((child) => ({
      ShardId: shardId(child.number),
      ParentShards: [child.parent, child.adjacentParent].filter((parent) => parent !== undefined).map(shardId),
      HashKeyRange: hashKeyRange(child),
    }));
