import { describeState } from "../describe.ts";
import type { Operation } from "../index.ts";
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
      ...describeState(stream, ctx.store.arn(stream.name)),
      OpenShardCount: open.length,
      ConsumerCount: 0,
      MaxRecordSizeInKiB: stream.maxRecordSizeKiB,
    },
  };
};
