import { managedKeyArn } from "../../emulator/model/managed-key.ts";
import type { OutputOf } from "../../emulator/model/sdk.ts";
import { describeCapacitySettings } from "./capacity-settings.ts";
import type { Index, Keys, Table, Throughput } from "./model.ts";
import type { DynamoDbStore } from "./store.ts";
import { streamArn } from "./streams/model.ts";

export type TableDescription = NonNullable<OutputOf<"dynamodb", "DescribeTable">["Table"]>;
type ThroughputDescription = NonNullable<TableDescription["ProvisionedThroughput"]>;

/** What the answers of CreateTable, DescribeTable, UpdateTable and DeleteTable say of a table. */
export function describeTable(store: DynamoDbStore, table: Table): TableDescription {
  const counts = store.items.counts(table.space);
  const locals = table.indexes.filter((index) => index.kind === "local");
  const globals = table.indexes.filter((index) => index.kind === "global");
  return {
    AttributeDefinitions: Object.entries(table.attributeTypes).map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    TableName: table.name,
    KeySchema: keySchema(table.keys),
    TableStatus: table.status,
    CreationDateTime: new Date(table.createdAt),
    ProvisionedThroughput: throughput(table.throughput),
    TableSizeBytes: counts.bytes,
    ItemCount: counts.items,
    TableArn: table.arn,
    TableId: table.id,
    ...(table.billingModeSet && {
      BillingModeSummary: {
        BillingMode: table.billingMode,
        ...(table.payPerRequestSince !== undefined && {
          LastUpdateToPayPerRequestDateTime: new Date(table.payPerRequestSince),
        }),
      },
    }),
    ...(locals.length > 0 && { LocalSecondaryIndexes: locals.map((index) => describeIndex(store, table, index)) }),
    ...(globals.length > 0 && {
      GlobalSecondaryIndexes: globals.map((index) => ({
        ...describeIndex(store, table, index),
        IndexStatus: index.status,
        ...(index.status === "CREATING" &&
          table.status !== "CREATING" && { Backfilling: index.backfill !== undefined }),
        ProvisionedThroughput: throughput(index.throughput ?? NO_THROUGHPUT),
        ...describeCapacitySettings(
          { ...index, billingMode: table.billingMode },
          index.status === "ACTIVE" ? ("ACTIVE" as const) : ("UPDATING" as const),
        ),
      })),
    }),
    ...(table.tableClass !== undefined && {
      TableClassSummary: {
        TableClass: table.tableClass,
        ...(table.tableClassChangedAt !== undefined && { LastUpdateDateTime: new Date(table.tableClassChangedAt) }),
      },
    }),
    ...describeCapacitySettings(table, table.status === "CREATING" ? "UPDATING" : table.status),
    ...(table.hasManagedKey === true && {
      SSEDescription: {
        Status: "ENABLED" as const,
        SSEType: "KMS" as const,
        KMSMasterKeyArn: managedKeyArn("dynamodb", store),
      },
    }),
    DeletionProtectionEnabled: table.deletionProtection,
    ...describeStream(table),
    ...describeRestore(table),
    ...describeReplicas(store, table),
  };
}

/** Nothing is left of it when the table is there. */
const describeRestore = ({ filling }: Table) =>
  filling?.kind === "restore" && {
    RestoreSummary: {
      ...(filling.sourceBackupArn !== undefined && { SourceBackupArn: filling.sourceBackupArn }),
      SourceTableArn: filling.sourceTableArn,
      RestoreDateTime: new Date(filling.restoredTo),
      RestoreInProgress: true,
    },
  };

/** The other tables of the global table; each of them tells of this one. */
const describeReplicas = (store: DynamoDbStore, table: Table) =>
  table.replicas && {
    GlobalTableVersion: "2019.11.21",
    GlobalTableSettingsReplicationMode: "ENABLED_WITH_OVERRIDES" as const,
    Replicas: store.replicas.members(table).map(({ store: { region }, table: replica }) => ({
      RegionName: region,
      ReplicaStatus: replica.status,
      GlobalTableSettingsReplicationMode: "ENABLED_WITH_OVERRIDES" as const,
      ...describeReplicaSettings(table, replica),
    })),
  };

function describeReplicaSettings(table: Table, replica: Table) {
  const globals = replica.indexes.filter((index) => index.kind === "global");
  const here = new Map(table.indexes.map((index) => [index.name, index]));
  return {
    ...describeReplicaCapacity(table, replica, replica.status),
    ...(globals.length > 0 && {
      GlobalSecondaryIndexes: globals.map((index) => ({
        IndexName: index.name,
        ...describeReplicaCapacity(
          here.get(index.name),
          { ...index, billingMode: replica.billingMode },
          index.status === "ACTIVE" ? ("ACTIVE" as const) : ("UPDATING" as const),
        ),
      })),
    }),
    ...(replica.tableClass !== undefined && { ReplicaTableClassSummary: { TableClass: replica.tableClass } }),
  };
}

/** What a replica, or an index of it, takes at once, and its limit where that is another one than here. */
function describeReplicaCapacity<S extends string>(
  here: Pick<Table, "onDemand"> | undefined,
  there: Parameters<typeof describeCapacitySettings>[0],
  status: S,
) {
  const { WarmThroughput } = describeCapacitySettings(there, status);
  const reads = there.onDemand?.reads;
  return {
    WarmThroughput,
    ...(reads !== undefined &&
      reads !== here?.onDemand?.reads && { OnDemandThroughputOverride: { MaxReadRequestUnits: reads } }),
  };
}

/** A stream that was disabled is still the latest one. */
const describeStream = ({ arn, stream }: Table) =>
  stream && {
    ...(stream.enabled && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType } }),
    LatestStreamLabel: stream.label,
    LatestStreamArn: streamArn(arn, stream.label),
  };

const NO_THROUGHPUT: Throughput = { readUnits: 0, writeUnits: 0, decreasesToday: 0 };

function describeIndex(store: DynamoDbStore, table: Table, index: Index) {
  const counts = store.items.counts(index.space);
  const { type, nonKeyAttributes } = index.projection;
  return {
    IndexName: index.name,
    KeySchema: keySchema(index.keys),
    Projection: {
      ProjectionType: type,
      ...(nonKeyAttributes !== undefined && { NonKeyAttributes: [...nonKeyAttributes] }),
    },
    IndexSizeBytes: counts.bytes,
    ItemCount: counts.items,
    IndexArn: `${table.arn}/index/${index.name}`,
  };
}

/** Of a table or an index. */
export const keySchema = ({ partition, sort }: Keys) => [
  ...partition.map(({ name }) => ({ AttributeName: name, KeyType: "HASH" as const })),
  ...sort.map(({ name }) => ({ AttributeName: name, KeyType: "RANGE" as const })),
];

const throughput = (of: Throughput): ThroughputDescription => ({
  ...(of.lastIncreaseAt !== undefined && { LastIncreaseDateTime: new Date(of.lastIncreaseAt) }),
  ...(of.lastDecreaseAt !== undefined && { LastDecreaseDateTime: new Date(of.lastDecreaseAt) }),
  NumberOfDecreasesToday: of.decreasesToday,
  ReadCapacityUnits: of.readUnits,
  WriteCapacityUnits: of.writeUnits,
});
