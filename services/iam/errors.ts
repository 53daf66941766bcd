import {
  DeleteConflictException$,
  EntityAlreadyExistsException$,
  InvalidInputException$,
  LimitExceededException$,
  MalformedPolicyDocumentException$,
  NoSuchEntityException$,
} from "@aws-sdk/client-iam";
import { AwsError, unsupported } from "../../emulator/model/errors.ts";

export const roleNotFound = (name: string) =>
  new AwsError(NoSuchEntityException$, `The role with name ${name} cannot be found.`);

export const roleExists = (name: string) =>
  new AwsError(EntityAlreadyExistsException$, `Role with name ${name} already exists.`);

export const aliasExists = (alias: string) =>
  new AwsError(EntityAlreadyExistsException$, `The account alias ${alias} already exists.`);

export const aliasNotFound = (alias: string) =>
  new AwsError(NoSuchEntityException$, `The account alias with name ${alias} cannot be found.`);

export const policyNotFound = (arn: string) =>
  new AwsError(NoSuchEntityException$, `Policy ${arn} does not exist or is not attachable.`);

const AWS_MANAGED = "arn:aws:iam::aws:policy/";

export const isAwsManaged = (arn: string): boolean => arn.startsWith(AWS_MANAGED);

/** Nobody can tell one that AWS has from one that it has not. */
export const awsManagedPolicyUnsupported = (arn: string) =>
  unsupported(`The AWS managed policy ${arn.slice(AWS_MANAGED.length)}`);

export const policyMissing = (arn: string) => new AwsError(NoSuchEntityException$, `Policy ${arn} was not found.`);

export const policyExists = (name: string) =>
  new AwsError(
    EntityAlreadyExistsException$,
    `A policy called ${name} already exists. Duplicate names are not allowed.`,
  );

export const inlinePolicyNotFound = (name: string) =>
  new AwsError(NoSuchEntityException$, `The role policy with name ${name} cannot be found.`);

export const noBoundary = (name: string) =>
  new AwsError(NoSuchEntityException$, `Role ${name} does not have a permission boundary`);

export const policyNotAttached = (arn: string) => new AwsError(NoSuchEntityException$, `Policy ${arn} was not found.`);

export const versionNotFound = (arn: string, version: string) =>
  new AwsError(NoSuchEntityException$, `Policy ${arn} version ${version} does not exist or is not attachable.`);

export const deleteConflict = (message: string) => new AwsError(DeleteConflictException$, message);

export const malformedPolicy = (message: string) => new AwsError(MalformedPolicyDocumentException$, message);

export const limitExceeded = (message: string) => new AwsError(LimitExceededException$, message);

export const invalidInput = (message: string) => new AwsError(InvalidInputException$, message);
