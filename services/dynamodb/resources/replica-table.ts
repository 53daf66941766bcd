import { byName } from "./definitions.ts";
import type { GlobalTableValues, ReadCapacity, ReplicaValues, WriteCapacity } from "./global-table-properties.ts";
import type { IndexValues, TableValues } from "./table-properties.ts";

type GlobalIndex = NonNullable<GlobalTableValues["GlobalSecondaryIndexes"]>[number];
type ReplicaIndex = NonNullable<ReplicaValues["GlobalSecondaryIndexes"]>[number];

/** The read capacity: a fixed one, or what a scaling policy that has no room keeps to. */
const reads = (given: ReadCapacity): number | undefined =>
  given?.ReadCapacityUnits ?? given?.ReadCapacityAutoScalingSettings?.MinCapacity;
const writes = (given: WriteCapacity): number | undefined => given?.WriteCapacityAutoScalingSettings?.MinCapacity;

/** What the capacity of a table or an index is made of: what all replicas share, and what one has by itself. */
type Shared = Pick<
  GlobalIndex,
  | "ReadOnDemandThroughputSettings"
  | "ReadProvisionedThroughputSettings"
  | "WriteOnDemandThroughputSettings"
  | "WriteProvisionedThroughputSettings"
>;
type Own = Partial<Pick<ReplicaIndex, "ReadOnDemandThroughputSettings" | "ReadProvisionedThroughputSettings">>;

/** How much a table or an index can take, in the words of AWS::DynamoDB::Table. */
function capacityOf(shared: Shared, own: Own = {}): Pick<TableValues, "ProvisionedThroughput" | "OnDemandThroughput"> {
  const ReadCapacityUnits = reads(own.ReadProvisionedThroughputSettings ?? shared.ReadProvisionedThroughputSettings);
  const WriteCapacityUnits = writes(shared.WriteProvisionedThroughputSettings);
  const limits = {
    ...(own.ReadOnDemandThroughputSettings ?? shared.ReadOnDemandThroughputSettings),
    ...shared.WriteOnDemandThroughputSettings,
  };
  return {
    ...(ReadCapacityUnits !== undefined &&
      WriteCapacityUnits !== undefined && { ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits } }),
    ...(Object.keys(limits).length > 0 && { OnDemandThroughput: limits }),
  };
}

function indexOf(index: GlobalIndex, own: ReplicaIndex | undefined): IndexValues {
  const { IndexName, KeySchema, Projection, WarmThroughput } = index;
  return {
    IndexName,
    KeySchema,
    Projection,
    ...(WarmThroughput && { WarmThroughput }),
    ...capacityOf(index, own),
    ContributorInsightsSpecification: own?.ContributorInsightsSpecification,
  };
}

/** One table of a global table, as a template would declare it that has that table alone. */
export function replicaTable(values: GlobalTableValues, replica: ReplicaValues): TableValues {
  const { KeySchema, AttributeDefinitions, BillingMode, LocalSecondaryIndexes, StreamSpecification } = values;
  const own = byName(replica.GlobalSecondaryIndexes);
  return {
    KeySchema,
    AttributeDefinitions,
    BillingMode,
    LocalSecondaryIndexes,
    GlobalSecondaryIndexes: values.GlobalSecondaryIndexes?.map((index) => indexOf(index, own.get(index.IndexName))),
    ...capacityOf(values, replica),
    SSESpecification: values.SSESpecification,
    StreamSpecification: StreamSpecification && {
      ...StreamSpecification,
      ...replica.ReplicaStreamSpecification,
    },
    TimeToLiveSpecification: values.TimeToLiveSpecification,
    WarmThroughput: values.WarmThroughput,
    TableClass: replica.TableClass,
    DeletionProtectionEnabled: replica.DeletionProtectionEnabled,
    ContributorInsightsSpecification: replica.ContributorInsightsSpecification,
    KinesisStreamSpecification: replica.KinesisStreamSpecification,
    PointInTimeRecoverySpecification: replica.PointInTimeRecoverySpecification,
    ResourcePolicy: replica.ResourcePolicy,
    Tags: replica.Tags,
  };
}
