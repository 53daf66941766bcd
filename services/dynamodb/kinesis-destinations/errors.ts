import type { AwsError } from "../../../emulator/model/errors.ts";
import { validationError } from "../errors.ts";
import { invalidRequest } from "../backups/errors.ts";

/** AWS says "to enable" whatever was to be done. */
const wrongState = (why: string): AwsError =>
  validationError(`Table is not in a valid state to enable Kinesis Streaming Destination: ${why}`);

export const alreadyEnabled = (): AwsError =>
  wrongState("EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.");

export const notActive = (): AwsError =>
  wrongState("KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.");

export const notUpdatable = (table: string, streamArn: string): AwsError =>
  wrongState(
    "Kinesis streaming is not in ACTIVE state. Updates are only allowed in ACTIVE state. " +
      `TableName: ${table}, kdsArn: ${streamArn}`,
  );

export const disabledWithConfiguration = (): AwsError =>
  validationError("Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters");

export const nothingToUpdate = (): AwsError =>
  validationError(
    "Streaming destination cannot be updated with given parameters: " +
      "UpdateKinesisStreamingConfiguration cannot be null or contain only null values",
  );

export const samePrecision = (precision: string, tableId: string, streamArn: string): AwsError =>
  invalidRequest(
    `Precision is already set to the desired value of ${precision} for tableId: ${tableId}, kdsArn: ${streamArn}`,
  );
