import type { Operation } from "../index.ts";
import { statusOf } from "../model.ts";
import { findStream } from "../resolve.ts";

/**
 * A stream without its shards.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html
 */
export const describeStreamSummary: Operation<"DescribeStreamSummary"> = (ctx, input) => {
  const { stream, open } = findStream(ctx, input);
  return {
    StreamDescriptionSummary: {
      StreamName: stream.name,
      StreamARN: ctx.store.arn(stream.name),
      StreamStatus: statusOf(stream),
      StreamModeDetails: { StreamMode: stream.mode },
      RetentionPeriodHours: stream.retentionHours,
      StreamCreationTimestamp: new Date(stream.createdAt),
      EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
      EncryptionType: "NONE",
      OpenShardCount: open.length,
      ConsumerCount: 0,
      MaxRecordSizeInKiB: stream.maxRecordSizeKiB,
    },
  };
};
