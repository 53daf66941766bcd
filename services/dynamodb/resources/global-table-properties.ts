import {
  choice,
  decimal,
  flag,
  integer,
  list,
  object,
  readOnly,
  refused,
  replaces,
  required,
  tags,
  text,
  type Values,
} from "../../cloudformation/properties.ts";
import { contributorInsights } from "./contributor-insights.ts";
import { pointInTimeRecovery, timeToLive } from "./recovery.ts";
import { kinesisStream, warmThroughput } from "./settings.ts";
import {
  attributeDefinitions,
  globalIndexMembers,
  keySchema,
  localIndexes,
  resourcePolicy,
  streamViewType,
  tableName,
} from "./table-properties.ts";

const autoScaling = object({
  MinCapacity: required(integer({ min: 1 })),
  MaxCapacity: required(integer({ min: 1 })),
  SeedCapacity: integer({ min: 1 }),
  TargetTrackingScalingPolicyConfiguration: required(
    object({
      DisableScaleIn: flag(),
      ScaleInCooldown: integer({ min: 0 }),
      ScaleOutCooldown: integer({ min: 0 }),
      TargetValue: required(decimal()),
    }),
  ),
});
const units = integer({ min: 1 });
const writeCapacity = object({ WriteCapacityAutoScalingSettings: autoScaling });
const readCapacity = object({ ReadCapacityUnits: units, ReadCapacityAutoScalingSettings: autoScaling });
const sharedReadCapacity = object({ ReadCapacityUnits: units });
const writeLimit = object({ MaxWriteRequestUnits: units });
const readLimit = object({ MaxReadRequestUnits: units });

const replica = object({
  Region: required(text()),
  ContributorInsightsSpecification: contributorInsights,
  DeletionProtectionEnabled: flag(),
  DisassociationProtectionEnabled: refused(false),
  GlobalSecondaryIndexes: list(
    object({
      IndexName: required(text({ min: 3, max: 255 })),
      ContributorInsightsSpecification: contributorInsights,
      ReadOnDemandThroughputSettings: readLimit,
      ReadProvisionedThroughputSettings: readCapacity,
    }),
  ),
  GlobalTableSettingsReplicationMode: refused("DISABLED"),
  KinesisStreamSpecification: kinesisStream,
  PointInTimeRecoverySpecification: pointInTimeRecovery,
  ReadOnDemandThroughputSettings: readLimit,
  ReadProvisionedThroughputSettings: readCapacity,
  ReplicaStreamSpecification: object({ ResourcePolicy: resourcePolicy, Tags: tags() }),
  ResourcePolicy: resourcePolicy,
  SSESpecification: refused(),
  TableClass: choice("STANDARD", "STANDARD_INFREQUENT_ACCESS"),
  Tags: tags(),
});

/** Of AWS::DynamoDB::GlobalTable. */
export const globalTableProperties = {
  TableName: replaces(tableName),
  AttributeDefinitions: required(attributeDefinitions),
  KeySchema: required(replaces(keySchema)),
  BillingMode: choice("PAY_PER_REQUEST", "PROVISIONED"),
  GlobalSecondaryIndexes: list(
    object({
      ...globalIndexMembers,
      ReadOnDemandThroughputSettings: readLimit,
      ReadProvisionedThroughputSettings: sharedReadCapacity,
      WriteOnDemandThroughputSettings: writeLimit,
      WriteProvisionedThroughputSettings: writeCapacity,
    }),
  ),
  LocalSecondaryIndexes: replaces(localIndexes),
  Replicas: required(list(replica)),
  GlobalTableSourceArn: refused(),
  GlobalTableWitnesses: refused([]),
  MultiRegionConsistency: refused("EVENTUAL"),
  ReadOnDemandThroughputSettings: readLimit,
  ReadProvisionedThroughputSettings: sharedReadCapacity,
  SSESpecification: object({ SSEEnabled: required(flag()), SSEType: choice("AES256", "KMS") }),
  StreamSpecification: object({ StreamViewType: required(streamViewType) }),
  TableType: refused(),
  TimeToLiveSpecification: timeToLive,
  VectorIndexes: refused([]),
  WarmThroughput: warmThroughput,
  WriteOnDemandThroughputSettings: writeLimit,
  WriteProvisionedThroughputSettings: writeCapacity,
  Arn: readOnly(),
  StreamArn: readOnly(),
  TableId: readOnly(),
} as const;

export type GlobalTableValues = Values<typeof globalTableProperties>;
export type ReplicaValues = GlobalTableValues["Replicas"][number];
export type ReadCapacity = ReplicaValues["ReadProvisionedThroughputSettings"];
export type WriteCapacity = GlobalTableValues["WriteProvisionedThroughputSettings"];
