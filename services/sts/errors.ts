import { PackedPolicyTooLargeException$ } from "@aws-sdk/client-sts";
import { AwsError, unsupported } from "../../emulator/model/errors.ts";

const validationError = (message: string) => new AwsError({ code: "ValidationError", status: 400 }, message);

export const sessionTooLong = () =>
  validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html */
export const chainTooLong = () =>
  validationError("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");

export const packedTooLarge = (percent: number) =>
  new AwsError(
    PackedPolicyTooLargeException$,
    `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  );

/** Nobody can tell one that AWS has from one that it has not. */
export const policyNotFound = (arn: string) =>
  arn.startsWith("arn:aws:iam::aws:policy/")
    ? unsupported(`The AWS managed policy ${arn.slice(arn.indexOf("/") + 1)}`)
    : new AwsError({ code: "NoSuchEntity", status: 404 }, `Policy ${arn} does not exist.`);

export const foreignPolicy = (arn: string) => validationError(`Policy ${arn} is not of the account of the role.`);

export const twiceTagged = () =>
  new AwsError(
    { code: "InvalidParameterValue", status: 400 },
    "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
  );
