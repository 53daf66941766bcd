import type { InputOf } from "../../../emulator/model/sdk.ts";
import { unsupported } from "../../../emulator/model/errors.ts";
import { ofIndex, ofTable, onDemandLimitsOf } from "../capacity-settings.ts";
import { indexNotFound, refuse } from "../errors.ts";
import type { Index, Table } from "../model.ts";
import type { DynamoDbStore } from "../store.ts";
import type { UpdateTableInput } from "../table-update.ts";
import { noAction, notAlone, notReplica, notScaled, severalActions, severalKinds, streamOfReplica } from "./errors.ts";

type Update = NonNullable<InputOf<"dynamodb", "UpdateTable">["ReplicaUpdates"]>[number];
type Settings = Pick<
  NonNullable<Update["Create"]>,
  "TableClassOverride" | "OnDemandThroughputOverride" | "GlobalSecondaryIndexes"
>;

const REFUSED = ["KMSMasterKeyId", "ProvisionedThroughputOverride"] as const;

/** @throws AwsError ValidationException */
export function checkReplicaUpdates(input: UpdateTableInput): void {
  const { TableName: _name, ReplicaUpdates: updates, MultiRegionConsistency, ...others } = input;
  if (MultiRegionConsistency === "STRONG")
    throw unsupported("DynamoDB: global tables of strong consistency (MultiRegionConsistency)");
  if (updates === undefined) return;
  if (Object.values(others).some((value) => value !== undefined)) throw notAlone();
  for (const update of updates) {
    refuse(update, ["Disassociate"]);
    const actions = [update.Create, update.Update, update.Delete].filter((action) => action !== undefined);
    if (actions.length === 0) throw noAction();
    if (actions.length > 1) throw severalKinds();
    for (const action of [update.Create, update.Update]) {
      if (action === undefined) continue;
      refuse(action, REFUSED);
      for (const index of action.GlobalSecondaryIndexes ?? []) refuse(index, ["ProvisionedThroughputOverride"]);
    }
    if (update.Update !== undefined && !changesSomething(update.Update)) throw noAction();
  }
  const kinds = new Set(updates.map(({ Create, Delete }) => (Create ? "create" : Delete ? "delete" : "update")));
  if (kinds.size > 1) throw severalKinds();
  if (updates.length > 1 && !kinds.has("update")) throw severalActions();
}

const changesSomething = (given: Settings): boolean =>
  (given.TableClassOverride ?? given.OnDemandThroughputOverride ?? given.GlobalSecondaryIndexes) !== undefined;

/** The table with its replicas made, changed and deleted. To be called in a transaction. @throws AwsError ValidationException */
export function withReplicaUpdates(store: DynamoDbStore, table: Table, input: UpdateTableInput): Table {
  const updates = input.ReplicaUpdates ?? [];
  if (updates.some(({ Update }) => Update !== undefined)) store.replicas.checkSettled(table);
  let next = table;
  for (const { Create, Update, Delete } of updates) {
    if (Create !== undefined) {
      next = store.replicas.create(next, Create.RegionName, (replica) => withOverrides(replica, Create));
    }
    if (Delete !== undefined) next = store.replicas.delete(next, Delete.RegionName);
    if (Update !== undefined) next = withUpdate(store, next, Update);
  }
  return next;
}

/** Changes a replica, which may be the table itself. @returns the table */
function withUpdate(store: DynamoDbStore, table: Table, given: NonNullable<Update["Update"]>): Table {
  const { RegionName: region } = given;
  if (table.replicas !== undefined && region === store.region) return withOverrides(table, given);
  const member = store.replicas.members(table).find((each) => each.store.region === region);
  if (member === undefined) throw notReplica(region);
  member.store.putTable({ ...withOverrides(member.table, given), status: "UPDATING" });
  member.store.lifecycle.begin(table.name);
  return table;
}

/** A replica with what it has otherwise than the others. @throws AwsError ValidationException, ResourceNotFoundException */
function withOverrides(replica: Table, given: Settings): Table {
  const { name, billingMode } = replica;
  const { TableClassOverride: tableClass, OnDemandThroughputOverride: limit, GlobalSecondaryIndexes = [] } = given;
  const limits = new Map(
    GlobalSecondaryIndexes.map(({ IndexName, OnDemandThroughputOverride }) => [IndexName, OnDemandThroughputOverride]),
  );
  for (const index of limits.keys()) {
    if (!replica.indexes.some((each) => each.kind === "global" && each.name === index))
      throw indexNotFound(index, name);
  }
  const indexes = replica.indexes.map((index): Index => {
    const own = limits.get(index.name);
    return own ? { ...index, onDemand: onDemandLimitsOf(own, ofIndex(index.name), billingMode, index) } : index;
  });
  return {
    ...replica,
    indexes,
    ...(tableClass !== undefined && { tableClass }),
    ...(limit !== undefined && { onDemand: onDemandLimitsOf(limit, ofTable, billingMode, replica) }),
  };
}

/** What a change of one table of a global table means for the others: each has its own deletion protection. */
export function changeOfMembers(input: UpdateTableInput): UpdateTableInput | undefined {
  const { TableName, DeletionProtectionEnabled: _own, ReplicaUpdates: updates, ...shared } = input;
  if (updates !== undefined || Object.values(shared).every((value) => value === undefined)) return undefined;
  return { TableName, ...shared };
}

/** What cannot be changed of a replica. @throws AwsError ValidationException */
export function checkReplicaChange(table: Table, input: UpdateTableInput): void {
  if (table.replicas === undefined) return;
  if (input.BillingMode === "PROVISIONED") throw notScaled();
  if (input.StreamSpecification?.StreamEnabled === false) throw streamOfReplica();
}
