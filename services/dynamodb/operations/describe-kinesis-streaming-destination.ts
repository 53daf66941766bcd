import type { Operation } from "../index.ts";

/**
 * Says which Kinesis stream the changes of a table go to, and which they have gone to during the last day.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeKinesisStreamingDestination.html
 */
export const describeKinesisStreamingDestination: Operation<"DescribeKinesisStreamingDestination"> = (ctx, input) => {
  const table = ctx.store.table(input.TableName);
  return {
    TableName: table.name,
    KinesisDataStreamDestinations: ctx.store.kinesis
      .shown(table)
      .map(({ streamArn, status, description, precision }) => ({
        StreamArn: streamArn,
        DestinationStatus: status,
        ...(description !== undefined && { DestinationStatusDescription: description }),
        ...(precision !== undefined && { ApproximateCreationDateTimePrecision: precision }),
      })),
  };
};
