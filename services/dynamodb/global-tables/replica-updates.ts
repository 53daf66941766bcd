import type { InputOf } from "../../../emulator/model/sdk.ts";
import { unsupported } from "../../../emulator/model/errors.ts";
import { onDemandLimitsOf, ofTable } from "../capacity-settings.ts";
import { refuse } from "../errors.ts";
import type { Table } from "../model.ts";
import type { DynamoDbStore } from "../store.ts";
import type { UpdateTableInput } from "../table-update.ts";
import { noAction, notAlone, notReplica, notScaled, severalActions, severalKinds, streamOfReplica } from "./errors.ts";

type Update = NonNullable<InputOf<"dynamodb", "UpdateTable">["ReplicaUpdates"]>[number];
type Settings = Pick<NonNullable<Update["Create"]>, "TableClassOverride" | "OnDemandThroughputOverride">;

const REFUSED = ["KMSMasterKeyId", "ProvisionedThroughputOverride", "GlobalSecondaryIndexes"] as const;

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
    for (const action of [update.Create, update.Update]) if (action !== undefined) refuse(action, REFUSED);
    if (update.Update && !update.Update.TableClassOverride && !update.Update.OnDemandThroughputOverride)
      throw noAction();
  }
  const kinds = new Set(updates.map(({ Create, Delete }) => (Create ? "create" : Delete ? "delete" : "update")));
  if (kinds.size > 1) throw severalKinds();
  if (updates.length > 1 && !kinds.has("update")) throw severalActions();
}

/** The table with its replicas made, changed and deleted. To be called in a transaction. @throws AwsError ValidationException */
export function withReplicaUpdates(store: DynamoDbStore, table: Table, input: UpdateTableInput): Table {
  let next = table;
  for (const { Create, Update, Delete } of input.ReplicaUpdates ?? []) {
    if (Create !== undefined) next = store.replicas.create(next, Create.RegionName, settingsOf(Create, next));
    if (Delete !== undefined) next = store.replicas.delete(next, Delete.RegionName);
    if (Update === undefined) continue;
    store.replicas.checkSettled(next);
    const member = store.replicas.members(next).find((each) => each.store.region === Update.RegionName);
    if (member === undefined) throw notReplica(Update.RegionName);
    member.store.putTable({ ...member.table, ...settingsOf(Update, member.table), status: "UPDATING" });
    member.store.lifecycle.begin(next.name);
  }
  return next;
}

/** What a replica has otherwise than its source. */
function settingsOf({ TableClassOverride, OnDemandThroughputOverride }: Settings, before: Table) {
  return {
    ...(TableClassOverride !== undefined && { tableClass: TableClassOverride }),
    ...(OnDemandThroughputOverride !== undefined && {
      onDemand: onDemandLimitsOf(OnDemandThroughputOverride, ofTable, before.billingMode, before),
    }),
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
