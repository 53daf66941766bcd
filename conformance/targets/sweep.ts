import {
  DeleteBackupCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListBackupsCommand,
  paginateListTables,
  UpdateTableCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectLegalHoldCommand,
  S3Client,
  S3ServiceException,
  type DeleteObjectCommandInput,
} from "@aws-sdk/client-s3";
import type { ClientSettings } from "../../cli/targets/index.ts";

const PATIENCE_S = 300;

type Named = (name: string | undefined) => boolean;

/** Removes the tables, backups and buckets whose names `concerned` says yes to. */
export async function sweep(config: ClientSettings & { forcePathStyle?: boolean }, concerned: Named): Promise<void> {
  const [dynamodb, s3] = [new DynamoDBClient(config), new S3Client(config)];
  try {
    await removeTables(dynamodb, concerned);
    await removeBackups(dynamodb, concerned).catch((error: unknown) => {
      // LocalStack has no backups
      if (!(error instanceof Error && error.name === "UnknownOperationException")) throw error;
    });
    await removeBuckets(s3, concerned);
  } finally {
    dynamodb.destroy();
    s3.destroy();
  }
}

async function removeTables(client: DynamoDBClient, concerned: Named): Promise<void> {
  const names: string[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) names.push(...TableNames);
  for (const TableName of names.filter(concerned)) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === "DELETING") continue;
    await waitUntilTableExists({ client, maxWaitTime: PATIENCE_S }, { TableName });
    if (Table?.DeletionProtectionEnabled) {
      await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    }
    await client.send(new DeleteTableCommand({ TableName }));
  }
}

async function removeBackups(client: DynamoDBClient, concerned: Named): Promise<void> {
  let ExclusiveStartBackupArn: string | undefined;
  do {
    const page = await client.send(new ListBackupsCommand({ ExclusiveStartBackupArn }));
    for (const { BackupArn, TableName } of page.BackupSummaries ?? []) {
      if (concerned(TableName)) await client.send(new DeleteBackupCommand({ BackupArn }));
    }
    ExclusiveStartBackupArn = page.LastEvaluatedBackupArn;
  } while (ExclusiveStartBackupArn !== undefined);
}

async function removeBuckets(client: S3Client, concerned: Named): Promise<void> {
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  for (const { Name: Bucket } of Buckets.filter(({ Name }) => concerned(Name))) {
    if (!(await emptied(client, Bucket ?? ""))) {
      process.stderr.write(`LEFT: ${Bucket} has objects that are locked in compliance mode\n`);
      continue;
    }
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    for (const { Key, UploadId } of Uploads) {
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    }
    await client.send(new DeleteBucketCommand({ Bucket }));
  }
}

/** Deletes all versions. @returns false where some cannot be */
async function emptied(client: S3Client, Bucket: string): Promise<boolean> {
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  let all = true;
  do {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket, KeyMarker, VersionIdMarker }));
    for (const { Key, VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
      if (!(await removed(client, { Bucket, Key, VersionId }))) all = false;
    }
    ({ NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page);
  } while (KeyMarker !== undefined);
  return all;
}

async function removed(client: S3Client, version: DeleteObjectCommandInput): Promise<boolean> {
  try {
    await client.send(new DeleteObjectCommand(version)).catch(async (error: unknown) => {
      if (!isDenied(error)) throw error;
      // locked: a legal hold is taken off, and governance is bypassed
      await client.send(new PutObjectLegalHoldCommand({ ...version, LegalHold: { Status: "OFF" } }));
      await client.send(new DeleteObjectCommand({ ...version, BypassGovernanceRetention: true }));
    });
    return true;
  } catch (error) {
    if (isDenied(error)) return false;
    throw error;
  }
}

const isDenied = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 403;
