import {
  choice,
  document,
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
import { importSource } from "./import.ts";
import { pointInTimeRecovery, timeToLive } from "./recovery.ts";
import { encryption, kinesisStream, onDemandThroughput, warmThroughput } from "./settings.ts";

const throughput = object({
  ReadCapacityUnits: required(integer({ min: 1 })),
  WriteCapacityUnits: required(integer({ min: 1 })),
});
const keyElement = object({
  AttributeName: required(text({ min: 1, max: 255 })),
  KeyType: required(choice("HASH", "RANGE")),
});
export const keySchema = list(keyElement, { max: 2 });
export const attributeDefinitions = list(
  object({ AttributeName: required(text({ min: 1, max: 255 })), AttributeType: required(choice("B", "N", "S")) }),
);
const projection = object({
  ProjectionType: choice("ALL", "KEYS_ONLY", "INCLUDE"),
  NonKeyAttributes: list(text()),
});
/** What a global index is, however its table is declared. */
export const globalIndexMembers = {
  IndexName: required(text({ min: 3, max: 255 })),
  KeySchema: required(list(keyElement)),
  Projection: required(projection),
  WarmThroughput: warmThroughput,
} as const;
const globalIndex = object({
  ...globalIndexMembers,
  ProvisionedThroughput: throughput,
  ContributorInsightsSpecification: contributorInsights,
  OnDemandThroughput: onDemandThroughput,
});
export const localIndexes = list(
  object({
    IndexName: required(text({ min: 3, max: 255 })),
    KeySchema: required(keySchema),
    Projection: required(projection),
  }),
);
export const tableName = text({ min: 3, max: 255, pattern: /^[a-zA-Z0-9_.-]+$/ });
export const streamViewType = choice("KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE");
export const resourcePolicy = object({ PolicyDocument: required(document()) });

/** Of AWS::DynamoDB::Table. */
export const properties = {
  TableName: replaces(tableName),
  AttributeDefinitions: attributeDefinitions,
  KeySchema: required(replaces(keySchema)),
  BillingMode: choice("PAY_PER_REQUEST", "PROVISIONED"),
  ProvisionedThroughput: throughput,
  GlobalSecondaryIndexes: list(globalIndex),
  LocalSecondaryIndexes: replaces(localIndexes),
  TableClass: choice("STANDARD", "STANDARD_INFREQUENT_ACCESS"),
  DeletionProtectionEnabled: flag(),
  Tags: tags(),
  TimeToLiveSpecification: timeToLive,
  PointInTimeRecoverySpecification: pointInTimeRecovery,
  SSESpecification: encryption,
  StreamSpecification: object({
    StreamViewType: required(streamViewType),
    ResourcePolicy: resourcePolicy,
    Tags: tags(),
  }),
  KinesisStreamSpecification: kinesisStream,
  ContributorInsightsSpecification: contributorInsights,
  ImportSourceSpecification: replaces(importSource),
  OnDemandThroughput: onDemandThroughput,
  VectorIndexes: refused([]),
  WarmThroughput: warmThroughput,
  ResourcePolicy: resourcePolicy,
  Arn: readOnly(),
  StreamArn: readOnly(),
} as const;

export type TableValues = Values<typeof properties>;
export type IndexValues = NonNullable<TableValues["GlobalSecondaryIndexes"]>[number];
