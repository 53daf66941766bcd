import { ofTable, onDemandLimitsOf, requestedWarm, warmThroughputOf } from "../capacity-settings.ts";
import { withEncryption } from "../encryption.ts";
import {
  changeOfMembers,
  checkReplicaChange,
  checkReplicaUpdates,
  withReplicaUpdates,
} from "../global-tables/replica-updates.ts";
import { invalidParameter, limitExceeded, refuse, tableInUse, validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import type { Table } from "../model.ts";
import type { DynamoDbStore } from "../store.ts";
import { describeTable } from "../table-description.ts";
import { checkTableClass, throughputOf } from "../table-schema.ts";
import { checkStreamUpdate, withStreamUpdate } from "../table-stream.ts";
import { checkThroughputFits, withBilling, withIndexUpdates, type UpdateTableInput } from "../table-update.ts";

const REFUSED = ["GlobalTableWitnessUpdates", "GlobalTableSettingsReplicationMode"] as const;

/**
 * Changes throughput, billing mode, class, deletion protection, the stream and the global indexes of a table. A new index is
 * filled with the items that are there while the table goes on being read and written.
 * @throws ResourceNotFoundException, ResourceInUseException, LimitExceededException, ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
 */
export const updateTable: Operation<"UpdateTable"> = (ctx, input) => {
  refuse(input, REFUSED);
  checkReplicaUpdates(input);
  checkInput(input);
  const table = ctx.store.table(input.TableName);
  if (table.status !== "ACTIVE") throw tableInUse(table.name, table.status);
  checkReplicaChange(table, input);

  const now = ctx.clock.now();
  const updated = ctx.store.write(() => {
    const next = changeTable(ctx.store, withReplicaUpdates(ctx.store, table, input), input, now);
    const shared = changeOfMembers(input);
    if (shared !== undefined) {
      ctx.store.replicas.checkSettled(table);
      for (const member of ctx.store.replicas.members(table)) changeTable(member.store, member.table, shared, now);
    }
    return next;
  });
  return { TableDescription: describeTable(ctx.store, updated) };
};

/** To be called in a transaction. */
function changeTable(store: DynamoDbStore, table: Table, input: UpdateTableInput, now: number): Table {
  const billed = withCapacitySettings(withBilling(table, input, now), table, input);
  const indexed = withIndexUpdates(billed, input, now, () => store.allocateSpace());
  const streamed = withStreamUpdate(store.streams, indexed, input);
  const next: Table = {
    ...withEncryption(streamed, store, input.SSESpecification),
    status: "UPDATING",
    ...(input.TableClass !== undefined && { tableClass: input.TableClass, tableClassChangedAt: now }),
    ...(input.DeletionProtectionEnabled !== undefined && { deletionProtection: input.DeletionProtectionEnabled }),
  };
  store.putTable(next);
  store.streams.grow(next);
  store.lifecycle.begin(next.name);
  return next;
}

/** What can only be changed by itself. */
const ALONE = [
  ["SSESpecification", "Server-Side Encryption modification must be the only operation in the request"],
  ["TableClass", "TableClass modification must be the only operation in the request"],
  ["DeletionProtectionEnabled", "DeletionProtection modification must be the only operation in the request"],
  ["WarmThroughput", "WarmThroughput must be the only operation in the request"],
] as const;

/** @throws AwsError ValidationException */
function checkAlone(input: UpdateTableInput): void {
  const { TableName: _name, AttributeDefinitions: _attributes, ...changes } = input;
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  for (const [member, message] of ALONE) {
    if (input[member] !== undefined && given.length > 1) throw invalidParameter(message);
  }
  if (
    input.OnDemandThroughput !== undefined &&
    given.some(([name]) => !["OnDemandThroughput", "BillingMode"].includes(name))
  ) {
    throw invalidParameter("OnDemandThroughput can only be combined with BillingMode in an UpdateTable request");
  }
}

/** The table with what holds for it beside its throughput. @throws AwsError ValidationException */
function withCapacitySettings(table: Table, before: Table, input: UpdateTableInput): Table {
  const { billingMode } = table;
  const onDemand =
    billingMode === "PROVISIONED" && input.OnDemandThroughput === undefined
      ? undefined
      : onDemandLimitsOf(input.OnDemandThroughput, ofTable, billingMode, before);
  const warm = requestedWarm(input.WarmThroughput, ofTable, table, warmThroughputOf(before)) ?? table.warm;
  return { ...table, onDemand, warm };
}

function checkInput(input: UpdateTableInput): void {
  const { ProvisionedThroughput, BillingMode, GlobalSecondaryIndexUpdates = [], TableClass } = input;
  checkTableClass(TableClass);
  const given = [
    ProvisionedThroughput,
    BillingMode,
    TableClass,
    input.DeletionProtectionEnabled,
    input.StreamSpecification,
    input.SSESpecification,
    input.OnDemandThroughput,
    input.WarmThroughput,
    input.ReplicaUpdates,
  ];
  if (given.every((member) => member === undefined) && GlobalSecondaryIndexUpdates.length === 0) {
    throw validationError(
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or " +
        "SSESpecification or ReplicaUpdates is required",
    );
  }
  checkAlone(input);
  if (BillingMode === "PROVISIONED" && ProvisionedThroughput === undefined) {
    throw invalidParameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  }
  checkThroughputFits(BillingMode, ProvisionedThroughput);
  checkStreamUpdate(input);
  if (ProvisionedThroughput !== undefined) throughputOf(ProvisionedThroughput);
  const names = new Set<string>();
  for (const { Create, Update, Delete } of GlobalSecondaryIndexUpdates) {
    const [change, another] = [Update, Create, Delete].filter((one) => one !== undefined);
    if (another !== undefined) {
      throw invalidParameter(
        "Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, " +
          "GlobalSecondaryIndexUpdate.Delete may be given",
      );
    }
    if (change === undefined) {
      throw invalidParameter(
        "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, " +
          "GlobalSecondaryIndexUpdate.Delete must not be null",
      );
    }
    if (names.has(change.IndexName)) {
      throw invalidParameter(
        `Only one global secondary index update per index is allowed simultaneously. Index: ${change.IndexName}`,
      );
    }
    names.add(change.IndexName);
  }
  if (GlobalSecondaryIndexUpdates.filter(({ Create, Delete }) => Create ?? Delete).length > 1) {
    throw limitExceeded(
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    );
  }
}
