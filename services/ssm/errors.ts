import {
  HierarchyLevelLimitExceededException$,
  HierarchyTypeMismatchException$,
  InvalidAllowedPatternException$,
  InvalidFilterKey$,
  InvalidFilterOption$,
  InvalidFilterValue$,
  InvalidKeyId$,
  InvalidNextToken$,
  InvalidResourceId$,
  ParameterAlreadyExists$,
  ParameterMaxVersionLimitExceeded$,
  ParameterNotFound$,
  ParameterPatternMismatchException$,
  ParameterVersionLabelLimitExceeded$,
  ParameterVersionNotFound$,
  TooManyTagsError$,
} from "@aws-sdk/client-ssm";
import { AwsError } from "../../emulator/model/errors.ts";

export const validationError = (message: string) => new AwsError({ code: "ValidationException", status: 400 }, message);

/** AWS says nothing more than the code. */
export const parameterNotFound = () => new AwsError(ParameterNotFound$, "");

export const versionNotFound = (name: string, version: string | number) =>
  new AwsError(
    ParameterVersionNotFound$,
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  );

export const parameterExists = () =>
  new AwsError(
    ParameterAlreadyExists$,
    "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
  );

export const reservedName = (name: string) =>
  new AwsError({ code: "AccessDeniedException", status: 400 }, `No access to reserved parameter name: ${name}.`);

export const tooDeep = () =>
  new AwsError(
    HierarchyLevelLimitExceededException$,
    "Hierarchy level limit exceeded. A parameter name can have a hierarchy of at most fifteen levels.",
  );

export const typeChanged = () =>
  new AwsError(
    HierarchyTypeMismatchException$,
    "Parameter Store doesn't support changing a parameter type in a hierarchy. For example, you can't change a parameter from a String type to a SecureString type. You must create a new, unique parameter.",
  );

export const patternMismatch = (pattern: string) =>
  new AwsError(
    ParameterPatternMismatchException$,
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  );

export const invalidPattern = (pattern: string) =>
  new AwsError(
    InvalidAllowedPatternException$,
    `The request doesn't meet the regular expression requirement: ${pattern}`,
  );

export const invalidKeyId = (message: string) => new AwsError(InvalidKeyId$, message);

export const oldestIsLabelled = (name: string, version: number) =>
  new AwsError(
    ParameterMaxVersionLimitExceeded$,
    `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
  );

export const tooManyLabels = () =>
  new AwsError(
    ParameterVersionLabelLimitExceeded$,
    "A parameter version can have maximum 10 labels.Move one or more labels to another version and try again.",
  );

export const invalidResource = () =>
  new AwsError(
    InvalidResourceId$,
    "The resource ID is not valid. Verify that you entered the correct ID and try again.",
  );

export const tooManyTags = () =>
  new AwsError(
    TooManyTagsError$,
    "The Targets parameter includes too many tags. Remove one or more tags and try the command again.",
  );

export const invalidToken = () => new AwsError(InvalidNextToken$, "The specified token is not valid.");

export const invalidFilterKey = (message: string) => new AwsError(InvalidFilterKey$, message);
export const invalidFilterOption = (message: string) => new AwsError(InvalidFilterOption$, message);
export const invalidFilterValue = (message: string) => new AwsError(InvalidFilterValue$, message);
