import type { InputOf } from "../../emulator/model/sdk.ts";
import { invalidParameter, validationError } from "./errors.ts";
import type { Table } from "./model.ts";
import type { StreamViewType } from "./streams/model.ts";
import type { TableStreams } from "./streams/table-streams.ts";
import type { UpdateTableInput } from "./table-update.ts";

type Specification = InputOf<"dynamodb", "CreateTable">["StreamSpecification"];

/** What the stream of a new table is to show; undefined where it has none. @throws AwsError ValidationException */
export function newStreamViewType(given: Specification): StreamViewType | undefined {
  if (given === undefined) return undefined;
  const { StreamEnabled, StreamViewType } = given;
  if (StreamEnabled && StreamViewType === undefined) {
    throw invalidParameter("Table is being created with a stream enabled, UpdateViewType is required");
  }
  if (!StreamEnabled && StreamViewType !== undefined) {
    throw invalidParameter("Table is being created with a stream disabled, UpdateViewType should not be specified");
  }
  return StreamViewType;
}

/** What may not be changed together, or is not said whole. @throws AwsError ValidationException */
export function checkStreamUpdate(input: UpdateTableInput): void {
  if (input.StreamSpecification === undefined) return;
  const { StreamEnabled, StreamViewType } = input.StreamSpecification;
  if (StreamEnabled && StreamViewType === undefined) {
    throw invalidParameter("If stream is being enabled then UpdateViewType is required");
  }
  if (!StreamEnabled && StreamViewType !== undefined) {
    throw invalidParameter("If stream is being disabled, then UpdateViewType must not be specified");
  }
  if (input.ProvisionedThroughput !== undefined) {
    throw invalidParameter("You cannot modify stream status while updating table IOPS");
  }
  if (input.GlobalSecondaryIndexUpdates?.some(({ Create, Delete }) => Create ?? Delete)) {
    throw invalidParameter("You cannot create or delete index while changing stream status");
  }
}

/** The table with its stream enabled or disabled: one that is to be another has to end first. @throws AwsError ValidationException */
export function withStreamUpdate(streams: TableStreams, table: Table, input: UpdateTableInput): Table {
  if (input.StreamSpecification === undefined) return table;
  const { StreamEnabled, StreamViewType } = input.StreamSpecification;
  const isEnabled = table.stream?.enabled === true;
  if (StreamEnabled && isEnabled) {
    throw validationError(`Table already has an enabled stream: TableName: ${table.name}`);
  }
  if (!StreamEnabled && !isEnabled) {
    throw validationError(`Table has no stream to disable: TableName: ${table.name}`);
  }
  const stream =
    StreamViewType === undefined ? streams.disable(table, "DISABLING") : streams.enable(table, StreamViewType);
  return stream === undefined ? table : { ...table, stream };
}
