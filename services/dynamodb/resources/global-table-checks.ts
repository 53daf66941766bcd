import type { GlobalTableValues, ReadCapacity, WriteCapacity } from "./global-table-properties.ts";
import { replicaTable } from "./replica-table.ts";

type Known = Partial<GlobalTableValues>;

/** What a template may say of the capacity of a table or an index, of all replicas or of one. */
interface Place {
  readonly path: string;
  readonly settings: {
    readonly ReadOnDemandThroughputSettings?: object;
    readonly ReadProvisionedThroughputSettings?: ReadCapacity;
    readonly WriteOnDemandThroughputSettings?: object;
    readonly WriteProvisionedThroughputSettings?: WriteCapacity;
  };
}

function placesOf({ GlobalSecondaryIndexes = [], Replicas = [], ...table }: Known): Place[] {
  const indexes = (path: string, given: readonly Place["settings"][]): Place[] =>
    given.map((settings, i) => ({ path: `${path}/GlobalSecondaryIndexes/${i}`, settings }));
  return [
    { path: "#", settings: table },
    ...indexes("#", GlobalSecondaryIndexes),
    ...Replicas.flatMap(({ GlobalSecondaryIndexes: own = [], ...settings }, i) => {
      const path = `#/Replicas/${i}`;
      return [{ path, settings }, ...indexes(path, own)];
    }),
  ];
}

/**
 * What is wrong with a global table, as far as its properties alone tell.
 * @param later properties that are known only during execution
 */
export function globalTableComplaint(values: Known, later: readonly string[]): string | undefined {
  const { Replicas = [], StreamSpecification } = values;
  const regions = Replicas.map(({ Region }) => Region);
  const repeated = regions.find((region, i) => regions.indexOf(region) < i);
  if (repeated !== undefined) return `#/Replicas: there is more than one replica in ${repeated}`;
  if (StreamSpecification === undefined && !later.includes("StreamSpecification")) {
    const streamed = Replicas.find(({ ReplicaStreamSpecification }) => ReplicaStreamSpecification !== undefined);
    const reason = streamed
      ? `the replica in ${streamed.Region} says something of its stream`
      : "there is more than one replica";
    if (streamed || regions.length > 1) return `#: required key [StreamSpecification] not found: ${reason}`;
  }
  const scaled = placesOf(values).flatMap(scaling)[0];
  if (scaled !== undefined) return scaled;
  if (["BillingMode", "GlobalSecondaryIndexes", "Replicas"].some((member) => later.includes(member))) return undefined;
  return unknownIndex(values) ?? ofBillingMode(values, later);
}

function unknownIndex({ Replicas = [], GlobalSecondaryIndexes = [] }: Known): string | undefined {
  const names = new Set(GlobalSecondaryIndexes.map(({ IndexName }) => IndexName));
  const unknown = Replicas.flatMap((replica) => replica.GlobalSecondaryIndexes ?? []).find(
    ({ IndexName }) => !names.has(IndexName),
  );
  return unknown && `#/Replicas: ${unknown.IndexName} is none of the table's GlobalSecondaryIndexes`;
}

/** A policy that keeps to one capacity is that capacity; nothing scales here. */
function scaling({ path, settings }: Place): string[] {
  const { ReadCapacityUnits, ReadCapacityAutoScalingSettings } = settings.ReadProvisionedThroughputSettings ?? {};
  if (ReadCapacityUnits !== undefined && ReadCapacityAutoScalingSettings !== undefined) {
    return [`${path}: ReadCapacityUnits and ReadCapacityAutoScalingSettings exclude each other`];
  }
  const policies = {
    ReadCapacityAutoScalingSettings,
    WriteCapacityAutoScalingSettings: settings.WriteProvisionedThroughputSettings?.WriteCapacityAutoScalingSettings,
  };
  return Object.entries(policies).flatMap(([member, policy]) => {
    if (policy === undefined) return [];
    const { MinCapacity, MaxCapacity, SeedCapacity = MinCapacity } = policy;
    if (MinCapacity === MaxCapacity && MinCapacity === SeedCapacity) return [];
    return [`${path}: ${member} whose MinCapacity is not its MaxCapacity is not supported by Headwater`];
  });
}

/** What a billing mode needs, and what it does not go with. */
function ofBillingMode(values: Known, later: readonly string[]): string | undefined {
  const { BillingMode = "PROVISIONED", Replicas = [] } = values;
  const foreign = BillingMode === "PROVISIONED" ? "OnDemandThroughputSettings" : "ProvisionedThroughputSettings";
  for (const { path, settings } of placesOf(values)) {
    const given = (["Read", "Write"] as const).find((direction) => settings[`${direction}${foreign}`] !== undefined);
    if (given) return `${path}: ${given}${foreign} cannot be specified when BillingMode is ${BillingMode}`;
  }
  if (BillingMode === "PAY_PER_REQUEST") return undefined;
  if (Replicas.length > 1) return "#/BillingMode: PROVISIONED with several replicas is not supported by Headwater";
  const capacities = ["ReadProvisionedThroughputSettings", "WriteProvisionedThroughputSettings"];
  if (Replicas[0] === undefined || capacities.some((member) => later.includes(member))) return undefined;
  const table = replicaTable(values as GlobalTableValues, Replicas[0]);
  if ([table, ...(table.GlobalSecondaryIndexes ?? [])].every((each) => each.ProvisionedThroughput)) return undefined;
  return (
    "#: when BillingMode is PROVISIONED, which it is unless given, the table and its global indexes need " +
    capacities.join(" and ")
  );
}
