import type { Operation } from "../index.ts";
import { destinationTable } from "../kinesis-destinations/destination-table.ts";
import { nothingToUpdate } from "../kinesis-destinations/errors.ts";

/**
 * Changes how exactly the records on a table's Kinesis stream say when a change happened.
 * @throws ResourceNotFoundException, ResourceInUseException, ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateKinesisStreamingDestination.html
 */
export const updateKinesisStreamingDestination: Operation<"UpdateKinesisStreamingDestination"> = (ctx, input) => {
  const table = destinationTable(ctx, input.TableName);
  const precision = input.UpdateKinesisStreamingConfiguration?.ApproximateCreationDateTimePrecision;
  if (precision === undefined) throw nothingToUpdate();
  ctx.store.kinesis.update(table, input.StreamArn, precision);
  return {
    TableName: table.name,
    StreamArn: input.StreamArn,
    DestinationStatus: "UPDATING",
    UpdateKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: precision },
  };
};
