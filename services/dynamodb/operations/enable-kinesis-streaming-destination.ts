import type { Operation } from "../index.ts";
import { destinationTable } from "../kinesis-destinations/destination-table.ts";

/**
 * Has the changes of a table put on a Kinesis stream: whole items, before and after. Whether the stream is one is found out
 * afterwards; DescribeKinesisStreamingDestination says it.
 * @throws ResourceNotFoundException, ResourceInUseException, ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_EnableKinesisStreamingDestination.html
 */
export const enableKinesisStreamingDestination: Operation<"EnableKinesisStreamingDestination"> = (ctx, input) => {
  const table = destinationTable(ctx, input.TableName);
  const precision = input.EnableKinesisStreamingConfiguration?.ApproximateCreationDateTimePrecision;
  ctx.store.kinesis.enable(table, input.StreamArn, precision);
  return {
    TableName: table.name,
    StreamArn: input.StreamArn,
    DestinationStatus: "ENABLING",
    EnableKinesisStreamingConfiguration:
      precision === undefined ? {} : { ApproximateCreationDateTimePrecision: precision },
  };
};
