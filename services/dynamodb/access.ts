import {
  tagConditions,
  type Access,
  type AccessScope,
  type AccessTable,
  type ConditionValue,
} from "../../emulator/model/access.ts";
import type { InputOf } from "../../emulator/model/sdk.ts";
import { parseAttributeValue, textOf } from "./attribute-value.ts";
import { expressionsOf } from "./expression-parameters.ts";
import type { Table } from "./model.ts";
import { statementAccesses } from "./partiql/access.ts";
import { requestedAttributes, type AttributeSources } from "./requested-attributes.ts";
import type { DynamoDbStore } from "./store.ts";
import { tableArn } from "./table-name.ts";

const table = ({ TableName }: { readonly TableName: string }, scope: AccessScope): string => tableArn(scope, TableName);

const tableOrIndex = (
  input: { readonly TableName: string; readonly IndexName?: string | undefined },
  scope: AccessScope,
) => (input.IndexName === undefined ? table(input, scope) : `${table(input, scope)}/index/${input.IndexName}`);

const byArn = ({ ResourceArn }: { readonly ResourceArn: string }): string => ResourceArn;

/** What the requests for items have in common, as far as policies may ask for it. */
interface ItemRequest extends AttributeSources {
  readonly TableName: string;
  readonly IndexName?: string | undefined;
  readonly ReturnValues?: string | undefined;
  readonly ReturnConsumedCapacity?: string | undefined;
  readonly Select?: string | undefined;
}

/** The values of the first attributes of the partition keys that a request names; undefined where it names none. */
function leadingKeys(request: ItemRequest, store: DynamoDbStore): string[] | undefined {
  const found = store.ofTable(request.TableName).findTable(request.TableName.split("/")[1] ?? request.TableName);
  const keys = request.IndexName ? found?.indexes.find(({ name }) => name === request.IndexName)?.keys : found?.keys;
  const name = keys?.partition[0].name;
  if (name === undefined) return undefined;
  const items = [request.Key, request.Item, ...(request.Keys ?? [])].filter(
    (item) => item !== undefined && item !== null,
  );
  const named = items.filter((item) => Object.hasOwn(item, name)).map((item) => keyText(item[name]));
  const queried = queriedKey(request, keys);
  const all = queried === undefined ? named : [...named, queried];
  return all.length === 0 ? undefined : all;
}

/** A value as the operation reads it: a number may be written in several ways. Nothing is that of what the operation refuses. */
function keyText(value: unknown): string {
  try {
    return textOf(parseAttributeValue(value as object | null));
  } catch {
    return "";
  }
}

/** The value that a query wants the partition key to have, read as the operation reads it. */
function queriedKey(request: ItemRequest, keys: Table["keys"] | undefined): string | undefined {
  const hasCondition = request.KeyConditionExpression !== undefined || request.KeyConditions !== undefined;
  if (!hasCondition || keys === undefined) return undefined;
  try {
    const { keyCondition } = expressionsOf(request as Parameters<typeof expressionsOf>[0]);
    return keyCondition && textOf(keyCondition.resolve(keys).partition[0]);
  } catch {
    return undefined; // the operation refuses it
  }
}

function conditionsOf(request: ItemRequest, store: unknown, enclosing?: string): Record<string, ConditionValue> {
  return {
    "dynamodb:LeadingKeys": () => leadingKeys(request, store as DynamoDbStore),
    "dynamodb:Attributes": () => requestedAttributes(request),
    ...(request.Select !== undefined && { "dynamodb:Select": request.Select }),
    ...(request.ReturnValues !== undefined && { "dynamodb:ReturnValues": request.ReturnValues }),
    ...(request.ReturnConsumedCapacity !== undefined && {
      "dynamodb:ReturnConsumedCapacity": request.ReturnConsumedCapacity,
    }),
    ...(enclosing !== undefined && { "dynamodb:EnclosingOperation": enclosing }),
  };
}

/** Items of a table, or of an index of it. */
const items =
  (operation: string) =>
  (input: object, scope: AccessScope, store: unknown): Access[] => {
    const request = input as ItemRequest;
    const arn = tableArn(scope, request.TableName);
    return [
      {
        action: `dynamodb:${operation}`,
        resource: request.IndexName ? `${arn}/index/${request.IndexName}` : arn,
        conditions: conditionsOf(request, store),
      },
    ];
  };

/** A request for items of several tables: each of them has to be allowed. */
const ofEach = (
  action: string,
  requests: Readonly<Record<string, object>> | undefined,
  scope: AccessScope,
  store: unknown,
): Access[] =>
  Object.entries(requests ?? {}).map(([TableName, request]) => ({
    action,
    resource: tableArn(scope, TableName),
    conditions: conditionsOf({ ...request, TableName }, store),
  }));

/** The parts of a transaction need the actions that they would need by themselves. */
const PARTS: Readonly<Record<string, string>> = {
  ConditionCheck: "dynamodb:ConditionCheckItem",
  Delete: "dynamodb:DeleteItem",
  Get: "dynamodb:GetItem",
  Put: "dynamodb:PutItem",
  Update: "dynamodb:UpdateItem",
};

const transaction =
  (operation: string) =>
  ({ TransactItems }: { readonly TransactItems?: readonly object[] | undefined }, scope: AccessScope, store: unknown) =>
    (TransactItems ?? []).flatMap((item) =>
      Object.entries(item as Record<string, ItemRequest | undefined>).flatMap(([part, request]): Access[] =>
        request === undefined
          ? []
          : [
              {
                action: PARTS[part] ?? `dynamodb:${operation}`,
                resource: tableArn(scope, request.TableName),
                conditions: conditionsOf(request, store, operation),
              },
            ],
      ),
    );

interface WriteRequest {
  readonly PutRequest?: { readonly Item?: ItemRequest["Item"] } | undefined;
  readonly DeleteRequest?: { readonly Key?: ItemRequest["Item"] } | undefined;
}

const byBackup = ({ BackupArn }: { readonly BackupArn: string }): string => BackupArn;

/**
 * What a restore needs to be allowed on the table that it makes.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backuprestore_IAM.html
 */
const writesRestored = ({ TargetTableName }: { readonly TargetTableName: string }, scope: AccessScope): Access[] =>
  ["BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"].map((operation) => ({
    action: `dynamodb:${operation}`,
    resource: tableArn(scope, TargetTableName),
  }));

const globalTable = ({ GlobalTableName }: { readonly GlobalTableName: string }, { account }: AccessScope): string =>
  `arn:aws:dynamodb::${account}:global-table/${GlobalTableName}`;

/**
 * What a replica needs to be allowed, on the table in its region.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-security.html
 */
const ofReplicas = (input: InputOf<"dynamodb", "UpdateTable">, scope: AccessScope): Access[] =>
  (input.ReplicaUpdates ?? []).flatMap(({ Create, Delete }) => {
    const region = Create?.RegionName ?? Delete?.RegionName;
    if (region === undefined) return [];
    const name = input.TableName.split("/")[1] ?? input.TableName;
    const resource = tableArn({ ...scope, region }, name);
    const operations = Create ? REPLICA_CREATION : ["DeleteTable", "DeleteTableReplica"];
    return operations.map((operation) => ({ action: `dynamodb:${operation}`, resource }));
  });

const REPLICA_CREATION = [
  "BatchWriteItem",
  "CreateTable",
  "CreateTableReplica",
  "DeleteItem",
  "GetItem",
  "PutItem",
  "Query",
  "Scan",
  "UpdateItem",
];

/**
 * Who has changes put on a stream has to be allowed to put records there.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds_iam.html
 */
const toStream = ({ StreamArn }: { readonly StreamArn: string }): Access[] =>
  ["DescribeStream", "PutRecord", "PutRecords"].map((operation) => ({
    action: `kinesis:${operation}`,
    resource: StreamArn,
  }));

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
export const access: AccessTable<"dynamodb"> = {
  prefix: "dynamodb",
  rules: {
    BatchGetItem: ({ RequestItems }, scope, store) => ofEach("dynamodb:BatchGetItem", RequestItems, scope, store),
    // each statement is refused in its place
    BatchExecuteStatement: () => [],
    BatchWriteItem: ({ RequestItems }, scope, store) => {
      const requests = Object.entries((RequestItems ?? {}) as Readonly<Record<string, readonly WriteRequest[] | null>>);
      const keys = requests.map(([name, writes]) => [
        name,
        {
          Keys: (writes ?? []).flatMap(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key ?? []),
        },
      ]);
      return ofEach("dynamodb:BatchWriteItem", Object.fromEntries(keys) as Record<string, object>, scope, store);
    },
    CreateBackup: table,
    CreateTable: (input, scope) => [
      { action: "dynamodb:CreateTable", resource: table(input, scope), conditions: tagConditions(input.Tags) },
      // also for a list of none
      ...(input.Tags === undefined
        ? []
        : [{ action: "dynamodb:TagResource", resource: table(input, scope), conditions: tagConditions(input.Tags) }]),
      ...(input.ResourcePolicy === undefined
        ? []
        : [{ action: "dynamodb:PutResourcePolicy", resource: table(input, scope) }]),
    ],
    DeleteBackup: byBackup,
    DeleteItem: items("DeleteItem"),
    DeleteResourcePolicy: byArn,
    DeleteTable: table,
    DescribeBackup: byBackup,
    DescribeContinuousBackups: table,
    DescribeContributorInsights: tableOrIndex,
    DescribeKinesisStreamingDestination: table,
    DescribeExport: ({ ExportArn }) => ExportArn,
    DescribeImport: ({ ImportArn }) => ImportArn,
    CreateGlobalTable: globalTable,
    DescribeEndpoints: () => "*",
    DescribeGlobalTable: globalTable,
    DescribeGlobalTableSettings: globalTable,
    ListGlobalTables: () => "*",
    UpdateGlobalTable: globalTable,
    UpdateGlobalTableSettings: globalTable,
    DescribeTable: table,
    DescribeTimeToLive: table,
    DisableKinesisStreamingDestination: table,
    EnableKinesisStreamingDestination: (input, scope) => [
      { action: "dynamodb:EnableKinesisStreamingDestination", resource: table(input, scope) },
      ...toStream(input),
    ],
    ExecuteStatement: (input, scope, store) => statementAccesses([input], scope, store),
    ExecuteTransaction: ({ TransactStatements }, scope, store) =>
      statementAccesses(TransactStatements, scope, store, "ExecuteTransaction"),
    ExportTableToPointInTime: ({ TableArn }) => TableArn,
    GetItem: items("GetItem"),
    GetResourcePolicy: byArn,
    ImportTable: ({ TableCreationParameters: { TableName } }, scope) => tableArn(scope, TableName),
    ListBackups: () => "*",
    ListContributorInsights: () => "*",
    ListExports: () => "*",
    ListImports: () => "*",
    ListTables: (_input, scope) => tableArn(scope, "*"),
    ListTagsOfResource: byArn,
    PutItem: items("PutItem"),
    PutResourcePolicy: byArn,
    Query: items("Query"),
    RestoreTableFromBackup: (input, scope) => [
      { action: "dynamodb:RestoreTableFromBackup", resource: input.BackupArn },
      ...writesRestored(input, scope),
    ],
    RestoreTableToPointInTime: (input, scope) => [
      {
        action: "dynamodb:RestoreTableToPointInTime",
        resource: tableArn(scope, input.SourceTableArn ?? input.SourceTableName ?? "*"),
      },
      ...writesRestored(input, scope),
    ],
    Scan: items("Scan"),
    TagResource: (input) => [
      { action: "dynamodb:TagResource", resource: input.ResourceArn, conditions: tagConditions(input.Tags) },
    ],
    TransactGetItems: transaction("TransactGetItems"),
    TransactWriteItems: transaction("TransactWriteItems"),
    UntagResource: ({ ResourceArn, TagKeys }) => [
      { action: "dynamodb:UntagResource", resource: ResourceArn, conditions: { "aws:TagKeys": TagKeys } },
    ],
    UpdateContinuousBackups: table,
    UpdateContributorInsights: tableOrIndex,
    UpdateItem: items("UpdateItem"),
    UpdateKinesisStreamingDestination: table,
    UpdateTable: (input, scope) => [
      { action: "dynamodb:UpdateTable", resource: table(input, scope) },
      ...ofReplicas(input, scope),
    ],
    UpdateTimeToLive: table,
  },
};
