import { describeState } from "../describe.ts";
import type { Operation } from "../index.ts";
import { findStream } from "../resolve.ts";
import { warmThroughput } from "../capacity/warm-throughput.ts";

/**
 * A stream without its shards.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html
 */
export const describeStreamSummary: Operation<"DescribeStreamSummary"> = (ctx, input) => {
  const live = findStream(ctx, input);
  const { stream, open } = live;
  const warm = warmThroughput(ctx, live);
  return {
    StreamDescriptionSummary: {
      ...describeState(stream, ctx.store.arn(stream.name)),
      OpenShardCount: open.length,
      ConsumerCount: ctx.store.consumers.count(stream.name),
      MaxRecordSizeInKiB: stream.maxRecordSizeKiB,
      ...(warm && { WarmThroughput: warm }),
      ...(stream.mode === "ON_DEMAND" && { RecordDistributionStrategy: "USER_PARTITION_KEY" as const }),
    },
  };
};
