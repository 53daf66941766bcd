import * as sdk from "@aws-sdk/client-dynamodb";
import { defineService, type Operation as ServiceOperation } from "../../emulator/model/service.ts";
import type { OperationName } from "../../emulator/model/sdk.ts";
import type { Constraints } from "../../emulator/model/constraints.ts";
import { access } from "./access.ts";
import { constraints } from "./constraints.ts";
import { DynamoDbEngine } from "./engine.ts";
import { inDynamoDbOrder } from "./enum-order.ts";
import { batchExecuteStatement } from "./operations/batch-execute-statement.ts";
import { batchGetItem } from "./operations/batch-get-item.ts";
import { batchWriteItem } from "./operations/batch-write-item.ts";
import { createBackup } from "./operations/create-backup.ts";
import { createGlobalTable } from "./operations/create-global-table.ts";
import { createTable } from "./operations/create-table.ts";
import { deleteBackup } from "./operations/delete-backup.ts";
import { deleteItem } from "./operations/delete-item.ts";
import { deleteResourcePolicy } from "./operations/delete-resource-policy.ts";
import { deleteTable } from "./operations/delete-table.ts";
import { describeBackup } from "./operations/describe-backup.ts";
import { describeContributorInsights } from "./operations/describe-contributor-insights.ts";
import { describeContinuousBackups } from "./operations/describe-continuous-backups.ts";
import { describeGlobalTableSettings } from "./operations/describe-global-table-settings.ts";
import { describeGlobalTable } from "./operations/describe-global-table.ts";
import { describeKinesisStreamingDestination } from "./operations/describe-kinesis-streaming-destination.ts";
import { describeExport } from "./operations/describe-export.ts";
import { describeImport } from "./operations/describe-import.ts";
import { describeEndpoints } from "./operations/describe-endpoints.ts";
import { describeLimits } from "./operations/describe-limits.ts";
import { describeTable } from "./operations/describe-table.ts";
import { describeTimeToLive } from "./operations/describe-time-to-live.ts";
import { disableKinesisStreamingDestination } from "./operations/disable-kinesis-streaming-destination.ts";
import { enableKinesisStreamingDestination } from "./operations/enable-kinesis-streaming-destination.ts";
import { executeStatement } from "./operations/execute-statement.ts";
import { executeTransaction } from "./operations/execute-transaction.ts";
import { exportTableToPointInTime } from "./operations/export-table-to-point-in-time.ts";
import { getItem } from "./operations/get-item.ts";
import { getResourcePolicy } from "./operations/get-resource-policy.ts";
import { importTable } from "./operations/import-table.ts";
import { listBackups } from "./operations/list-backups.ts";
import { listContributorInsights } from "./operations/list-contributor-insights.ts";
import { listExports } from "./operations/list-exports.ts";
import { listGlobalTables } from "./operations/list-global-tables.ts";
import { listImports } from "./operations/list-imports.ts";
import { listTables } from "./operations/list-tables.ts";
import { listTagsOfResource } from "./operations/list-tags-of-resource.ts";
import { putItem } from "./operations/put-item.ts";
import { putResourcePolicy } from "./operations/put-resource-policy.ts";
import { query } from "./operations/query.ts";
import { restoreTableFromBackup } from "./operations/restore-table-from-backup.ts";
import { restoreTableToPointInTime } from "./operations/restore-table-to-point-in-time.ts";
import { scan } from "./operations/scan.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { transactGetItems } from "./operations/transact-get-items.ts";
import { transactWriteItems } from "./operations/transact-write-items.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { updateContributorInsights } from "./operations/update-contributor-insights.ts";
import { updateContinuousBackups } from "./operations/update-continuous-backups.ts";
import { updateGlobalTableSettings } from "./operations/update-global-table-settings.ts";
import { updateGlobalTable } from "./operations/update-global-table.ts";
import { updateItem } from "./operations/update-item.ts";
import { updateKinesisStreamingDestination } from "./operations/update-kinesis-streaming-destination.ts";
import { updateTable } from "./operations/update-table.ts";
import { updateTimeToLive } from "./operations/update-time-to-live.ts";
import { errorEnvelope, undecodableBody } from "./errors.ts";
import { measured } from "./metrics.ts";
import type { DynamoDbStore } from "./store.ts";
import { ownerOf } from "./owner.ts";
import { memberChecks } from "./request-members.ts";
import { storeOf } from "./stores.ts";
import { tagsOf } from "./tags.ts";

export interface DynamoDbState {
  store: DynamoDbStore;
  engine: DynamoDbEngine;
}

export type Operation<N extends OperationName<"dynamodb">> = ServiceOperation<"dynamodb", N, DynamoDbState>;

/**
 * What AWS does otherwise than its model says: limits that it words otherwise than the rest (their operations check them), a token that
 * is not optional, and a prefix that may not be empty.
 */
const corrected = ({
  BatchGetItemInput,
  BatchWriteItemInput,
  CreateTableInput,
  ExportTableToPointInTimeInput,
  ImportTableInput,
  KeysAndAttributes,
  UpdateTableInput,
}: Constraints): Constraints => ({
  BatchGetItemInput: { ...BatchGetItemInput, RequestItems: { ...BatchGetItemInput?.["RequestItems"], min: 0 } },
  BatchWriteItemInput: { ...BatchWriteItemInput, RequestItems: { ...BatchWriteItemInput?.["RequestItems"], min: 0 } },
  CreateTableInput: { ...CreateTableInput, TableClass: {} },
  ExportTableToPointInTimeInput: {
    ...ExportTableToPointInTimeInput,
    S3Prefix: { ...ExportTableToPointInTimeInput?.["S3Prefix"], min: 1 },
  },
  ImportTableInput: { ...ImportTableInput, ClientToken: { ...ImportTableInput?.["ClientToken"], required: true } },
  KeysAndAttributes: { ...KeysAndAttributes, Keys: { ...KeysAndAttributes?.["Keys"], min: 0, max: Infinity } },
  UpdateTableInput: { ...UpdateTableInput, TableClass: {} },
});

const definition = defineService<"dynamodb", DynamoDbState>({
  name: "dynamodb",
  protocol: "json",
  target: "DynamoDB_20120810",
  jsonVersion: "1.0",
  blobs: "base64",
  errorEnvelope,
  undecodableBody,
  sendsCrc32: true,
  parser: { javaPackage: "com.amazonaws.dynamodb.v20120810", longs: /Units(PerSecond)?$/ },
  sdk,
  constraints: inDynamoDbOrder({ ...constraints, ...corrected(constraints) }),
  memberChecks,
  access,
  ownerOf,
  resourcePolicy: ({ store }, arn) => store.policies.get(arn)?.document,
  resourceTags: ({ store }, arn) => tagsOf(store, arn),
  store: storeOf,
  engine: (host) => new DynamoDbEngine(host),
  refuses: {
    CreateTable: ["VectorIndexes"],
    ExportTableToPointInTime: ["FilterSpecification"],
    RestoreTableFromBackup: ["VectorIndexOverride"],
    RestoreTableToPointInTime: ["VectorIndexOverride"],
    UpdateTable: ["DisassociationProtectionEnabled", "VectorIndexUpdates"],
  },
  operations: {
    CreateTable: createTable,
    DescribeTable: describeTable,
    UpdateTable: updateTable,
    DeleteTable: deleteTable,
    ListTables: listTables,
    DescribeLimits: describeLimits,
    DescribeEndpoints: describeEndpoints,
    PutItem: putItem,
    GetItem: getItem,
    UpdateItem: updateItem,
    DeleteItem: deleteItem,
    Query: query,
    Scan: scan,
    BatchGetItem: batchGetItem,
    BatchWriteItem: batchWriteItem,
    TransactGetItems: transactGetItems,
    TransactWriteItems: transactWriteItems,
    ExecuteStatement: executeStatement,
    BatchExecuteStatement: batchExecuteStatement,
    ExecuteTransaction: executeTransaction,
    TagResource: tagResource,
    UntagResource: untagResource,
    ListTagsOfResource: listTagsOfResource,
    UpdateTimeToLive: updateTimeToLive,
    DescribeTimeToLive: describeTimeToLive,
    CreateBackup: createBackup,
    DescribeBackup: describeBackup,
    ListBackups: listBackups,
    DeleteBackup: deleteBackup,
    RestoreTableFromBackup: restoreTableFromBackup,
    UpdateContinuousBackups: updateContinuousBackups,
    DescribeContinuousBackups: describeContinuousBackups,
    RestoreTableToPointInTime: restoreTableToPointInTime,
    ExportTableToPointInTime: exportTableToPointInTime,
    DescribeExport: describeExport,
    ListExports: listExports,
    ImportTable: importTable,
    DescribeImport: describeImport,
    ListImports: listImports,
    CreateGlobalTable: createGlobalTable,
    UpdateGlobalTable: updateGlobalTable,
    DescribeGlobalTable: describeGlobalTable,
    DescribeGlobalTableSettings: describeGlobalTableSettings,
    UpdateGlobalTableSettings: updateGlobalTableSettings,
    ListGlobalTables: listGlobalTables,
    EnableKinesisStreamingDestination: enableKinesisStreamingDestination,
    UpdateKinesisStreamingDestination: updateKinesisStreamingDestination,
    DisableKinesisStreamingDestination: disableKinesisStreamingDestination,
    DescribeKinesisStreamingDestination: describeKinesisStreamingDestination,
    UpdateContributorInsights: updateContributorInsights,
    DescribeContributorInsights: describeContributorInsights,
    ListContributorInsights: listContributorInsights,
    PutResourcePolicy: putResourcePolicy,
    GetResourcePolicy: getResourcePolicy,
    DeleteResourcePolicy: deleteResourcePolicy,
  },
});

export const dynamodb = measured(definition);
