import * as sdk from "@aws-sdk/client-cloudformation";
import { AwsError } from "../../emulator/model/errors.ts";

export const VALIDATION_ERROR = { code: "ValidationError", status: 400 } as const;

/** CloudFormation's one error for nearly everything that is wrong with a request. */
export const validationError = (message: string): AwsError => new AwsError(VALIDATION_ERROR, message);

export const templateFormatError = (message: string): AwsError => validationError(`Template format error: ${message}`);

export const templateError = (message: string): AwsError => validationError(`Template error: ${message}`);

export const stackExists = (name: string): AwsError =>
  new AwsError(sdk.AlreadyExistsException$, `Stack [${name}] already exists`);

/** DescribeStacks, GetTemplate and the like. */
export const stackWithIdNotFound = (nameOrId: string): AwsError =>
  validationError(`Stack with id ${nameOrId} does not exist`);

/** UpdateStack, the events and the change sets. */
export const stackNotFound = (nameOrId: string): AwsError => validationError(`Stack [${nameOrId}] does not exist`);

export const resourceNotFound = (logicalId: string, stackName: string): AwsError =>
  validationError(`Resource ${logicalId} does not exist for stack ${stackName}`);

export const stackBusy = (stackId: string, status: string, action: "updated" | "deleted"): AwsError =>
  validationError(`Stack:${stackId} is in ${status} state and can not be ${action}.`);

export const noUpdates = (): AwsError => validationError("No updates are to be performed.");

export const changeSetNotFound = (name: string): AwsError =>
  new AwsError(sdk.ChangeSetNotFoundException$, `ChangeSet [${name}] does not exist`);

export const changeSetExists = (name: string): AwsError =>
  new AwsError(sdk.AlreadyExistsException$, `ChangeSet ${name} already exists`);

export const changeSetNotExecutable = (arn: string, status: string): AwsError =>
  new AwsError(
    sdk.InvalidChangeSetStatusException$,
    `ChangeSet [${arn}] cannot be executed in its current status of [${status}]`,
  );

export const insufficientCapabilities = (needed: readonly string[]): AwsError =>
  new AwsError(sdk.InsufficientCapabilitiesException$, `Requires capabilities : [${needed.join(", ")}]`);

export const tokenReused = (token: string): AwsError =>
  new AwsError(
    sdk.TokenAlreadyExistsException$,
    `The ClientRequestToken ${token} is already in use by another operation.`,
  );

/** The reason why a stack with an import fails before any of its resources is begun. */
export const noExport = (name: string): string => `No export named ${name} found.`;

/** The reason why an update that changes or removes an export is rolled back. */
export const exportInUse = (name: string, stacks: readonly string[], change: "deleted" | "updated"): string =>
  `Export ${name} cannot be ${change} as it is in use by ${stacks.join(" and ")}`;

/** The reason why a stack is not deleted. */
export const deleteCancelled = (name: string, stacks: readonly string[]): string =>
  `Delete canceled. Cannot delete export ${name} as it is in use by ${stacks.join(" and ")}.`;
