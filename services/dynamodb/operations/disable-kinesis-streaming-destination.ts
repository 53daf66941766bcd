import type { Operation } from "../index.ts";
import { destinationTable } from "../kinesis-destinations/destination-table.ts";
import { disabledWithConfiguration } from "../kinesis-destinations/errors.ts";

/**
 * Has the changes of a table no longer put on a Kinesis stream. Those that happened before still go there.
 * @throws ResourceNotFoundException, ResourceInUseException, ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DisableKinesisStreamingDestination.html
 */
export const disableKinesisStreamingDestination: Operation<"DisableKinesisStreamingDestination"> = (ctx, input) => {
  const table = destinationTable(ctx, input.TableName);
  if (input.EnableKinesisStreamingConfiguration?.ApproximateCreationDateTimePrecision !== undefined) {
    throw disabledWithConfiguration();
  }
  ctx.store.kinesis.disable(table, input.StreamArn);
  return { TableName: table.name, StreamArn: input.StreamArn, DestinationStatus: "DISABLING" };
};
