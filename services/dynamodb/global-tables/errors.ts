import { GlobalTableNotFoundException$, ResourceInUseException$ } from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../emulator/model/errors.ts";
import { invalidParameter, validationError } from "../errors.ts";
import { REPLICA_REGIONS } from "./regions.ts";

export const notAlone = (): AwsError =>
  invalidParameter("Replica modification must be the only operation in the request");

export const noAction = (): AwsError =>
  validationError("There are no actions specified in the Replica Update Action of the request.");

export const severalKinds = (): AwsError =>
  validationError("Update table operation with more than one type of replica actions not allowed.");

export const severalActions = (): AwsError =>
  validationError("Update table operation with more than one create or delete replica actions not allowed.");

export const localRegion = (): AwsError =>
  validationError(
    "Cannot add or delete the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.",
  );

export const regionNotSupported = (region: string): AwsError =>
  validationError(
    `Region ${region} is not supported. The latest version of global tables are only supported in the following regions: ` +
      `[${[...REPLICA_REGIONS].join(", ")}]`,
  );

/** There is no auto scaling here, so it is on-demand or not at all. */
export const notScaled = (): AwsError =>
  validationError("Table write capacity should either be Pay-Per-Request or AutoScaled.");

export const alreadyTable = (name: string): AwsError =>
  validationError(
    `Failed to create a the new replica of table with name: ‘${name}’ because one or more replicas already existed as tables.`,
  );

export const notReplica = (region: string): AwsError =>
  validationError(
    "Update global table operation failed because one or more replicas were not part of the global table. " +
      `Please retry the request without these replicas: [${region}].`,
  );

export const wasSource = (): AwsError =>
  validationError(
    "Replica cannot be deleted because it has acted as a source region for new replica(s) being added to the table in the " +
      "last 24 hours.",
  );

export const protectedReplica = (name: string, region: string): AwsError =>
  validationError(
    `Cannot delete table ${name} in region ${region} because it has deletion protection enabled. ` +
      "Disable deletion protection first.",
  );

export const replicaInUse = (): AwsError =>
  new AwsError(ResourceInUseException$, "The resource which you are attempting to change is in use.");

export const streamOfReplica = (): AwsError =>
  invalidParameter("Disabling Stream is not allowed for a Global Table replica.");

/** Tables of the version of 2017 can no longer be made; those of 2019 are none of these. */
export const versionNotSupported = (): AwsError =>
  invalidParameter(
    "DynamoDB global tables version 2017.11.29 is not supported. We recommend using DynamoDB global tables version " +
      "2019.11.21, instead of version 2017.11.29 (Legacy).",
  );

export const globalTableNotFound = (name: string): AwsError =>
  new AwsError(
    GlobalTableNotFoundException$,
    `Global table not found: Global table with name: '${name}' does not exist`,
  );
