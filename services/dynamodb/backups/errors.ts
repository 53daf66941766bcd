import {
  BackupInUseException$,
  BackupNotFoundException$,
  ContinuousBackupsUnavailableException$,
  InvalidRestoreTimeException$,
  PointInTimeRecoveryUnavailableException$,
  TableAlreadyExistsException$,
  TableInUseException$,
  TableNotFoundException$,
} from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../emulator/model/errors.ts";
import { invalidParameter, validationError } from "../errors.ts";

export const invalidRequest = (message: string): AwsError => validationError(`Invalid Request: ${message}`);

/** What the operations on backups, exports and imports say of another account's. */
export const accessDenied = (): AwsError =>
  new AwsError({ code: "AccessDeniedException", status: 400 }, "Access is denied");

/** Unlike other operations, those on backups and exports say so; by name or ARN, as the request does. */
export const noSuchTable = (nameOrArn: string): AwsError =>
  new AwsError(TableNotFoundException$, `Table not found: ${nameOrArn}`);

export const tableAlreadyExists = (name: string): AwsError =>
  new AwsError(TableAlreadyExistsException$, `Table already exists: ${name}`);

export const alreadyRestoring = (name: string, source: string): AwsError =>
  new AwsError(TableInUseException$, `Table: ${name} is already being restored from backup: ${source}`);

export const invalidBackupArn = (): AwsError => validationError("Invalid Backup ARN");

export const backupNotFound = (arn: string): AwsError =>
  new AwsError(BackupNotFoundException$, `Backup not found: ${arn}`);

export const backupBeingCreated = (arn: string): AwsError =>
  new AwsError(BackupInUseException$, `Backup is being created: ${arn}`);

export const backupBeingRestored = (arn: string): AwsError =>
  new AwsError(BackupInUseException$, `Backup is being used to restore table: ${arn}`);

export const backupRestoringAnother = (arn: string): AwsError =>
  new AwsError(BackupInUseException$, `Backup is being used to restore another table: ${arn}`);

export const systemBackup = (arn: string, expiresAt: number): AwsError =>
  invalidRequest(
    `User is not allowed to delete the system backup with arn ${arn}. ` +
      `It will automatically expire on ${new Date(expiresAt).toISOString()}`,
  );

export const backupsBeingEnabled = (table: string): AwsError =>
  new AwsError(
    ContinuousBackupsUnavailableException$,
    `Backups are being enabled for the table: ${table}. Please retry later`,
  );

export const timeRangeInverted = (): AwsError =>
  invalidParameter("Time range lower bound must be less than or equal to upper bound");

export const startOfOtherRegion = (): AwsError =>
  invalidRequest("The supplied ExclusiveStartBackupArn does not match the region");

export const recoveryUnavailable = (table: string): AwsError =>
  new AwsError(PointInTimeRecoveryUnavailableException$, `Point in time recovery is not enabled for table '${table}'`);

const seconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

export const invalidRestoreTime = (time: number, earliest: number, latest: number): AwsError =>
  new AwsError(
    InvalidRestoreTimeException$,
    `RestoreDateTime '${seconds(time)}' must be within EarliestRestorableDateTime '${seconds(earliest)}' and ` +
      `LatestRestorableDateTime '${seconds(latest)}'`,
  );
