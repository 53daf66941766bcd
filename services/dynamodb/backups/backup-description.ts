import type { OutputOf } from "../../../emulator/model/sdk.ts";
import type { Table, Throughput } from "../model.ts";
import { keySchema } from "../table-description.ts";
import type { Backup } from "./model.ts";

type Description = NonNullable<OutputOf<"dynamodb", "DescribeBackup">["BackupDescription"]>;
type Details = NonNullable<Description["BackupDetails"]>;
type Features = NonNullable<Description["SourceTableFeatureDetails"]>;
type Summary = NonNullable<OutputOf<"dynamodb", "ListBackups">["BackupSummaries"]>[number];

export const backupDetails = (backup: Backup, status?: "DELETED"): Details => ({
  BackupArn: backup.arn,
  BackupName: backup.name,
  BackupSizeBytes: backup.sizeBytes,
  BackupStatus: status ?? (backup.snapshot === undefined ? "AVAILABLE" : "CREATING"),
  BackupType: backup.type,
  BackupCreationDateTime: new Date(backup.createdAt),
  ...(backup.expiresAt !== undefined && { BackupExpiryDateTime: new Date(backup.expiresAt) }),
});

export const backupSummary = (backup: Backup): Summary => ({
  TableName: backup.table.name,
  TableId: backup.table.id,
  TableArn: backup.table.arn,
  ...backupDetails(backup),
});

export function backupDescription(backup: Backup, status?: "DELETED"): Description {
  const { table } = backup;
  return {
    BackupDetails: backupDetails(backup, status),
    SourceTableDetails: {
      TableName: table.name,
      TableId: table.id,
      TableArn: table.arn,
      TableSizeBytes: backup.sizeBytes,
      KeySchema: keySchema(table.keys),
      TableCreationDateTime: new Date(table.createdAt),
      ProvisionedThroughput: units(table.throughput),
      ItemCount: backup.itemCount,
      BillingMode: table.billingMode,
    },
    // DynamoDB says nothing of these for the backup that a deletion leaves
    SourceTableFeatureDetails: backup.type === "SYSTEM" ? {} : features(table),
  };
}

function features({ indexes, stream, timeToLive }: Table): Features {
  const locals = indexes.filter(({ kind }) => kind === "local");
  const globals = indexes.filter(({ kind, status }) => kind === "global" && status !== "DELETING");
  const schema = ({ name, keys, projection: { type, nonKeyAttributes } }: Table["indexes"][number]) => ({
    IndexName: name,
    KeySchema: keySchema(keys),
    Projection: {
      ProjectionType: type,
      ...(nonKeyAttributes !== undefined && { NonKeyAttributes: [...nonKeyAttributes] }),
    },
  });
  return {
    ...(locals.length > 0 && { LocalSecondaryIndexes: locals.map(schema) }),
    ...(globals.length > 0 && {
      GlobalSecondaryIndexes: globals.map((index) => ({
        ...schema(index),
        ProvisionedThroughput: units(index.throughput),
      })),
    }),
    ...(stream?.enabled === true && {
      StreamDescription: { StreamEnabled: true, StreamViewType: stream.viewType },
    }),
    ...(timeToLive !== undefined && {
      TimeToLiveDescription: { TimeToLiveStatus: timeToLive.status, AttributeName: timeToLive.attribute },
    }),
  };
}

const units = (of: Throughput | undefined) => ({
  ReadCapacityUnits: of?.readUnits ?? 0,
  WriteCapacityUnits: of?.writeUnits ?? 0,
});
