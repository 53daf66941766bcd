import {
  ConditionalCheckFailedException$,
  IdempotentParameterMismatchException$,
  ItemCollectionSizeLimitExceededException$,
  LimitExceededException$,
  PolicyNotFoundException$,
  ResourceInUseException$,
  ResourceNotFoundException$,
  TransactionCanceledException$,
} from "@aws-sdk/client-dynamodb";
import { AwsError, unsupported } from "../../emulator/model/errors.ts";
import type { ErrorEnvelope } from "../../emulator/model/service.ts";
import type { Item } from "./attribute-value.ts";

/** Errors of DynamoDB's own are in its name space, all others in those of what AWS's services stand on. */
export const errorEnvelope: ErrorEnvelope = (code, isModelled) => {
  if (isModelled) return { prefix: "com.amazonaws.dynamodb.v20120810#" };
  if (code === "ValidationException") return { prefix: "com.amazon.coral.validate#" };
  return { prefix: "com.amazon.coral.service#", messageName: "Message" };
};

/** To a body that is not encoded as its header says. */
export const undecodableBody = { code: "InternalServerError", status: 500, message: "Internal server error" };

export const validationError = (message: string): AwsError =>
  new AwsError({ code: "ValidationException", status: 400 }, message);

/** ValidationException with the preamble that most of DynamoDB's checks of parameters have. */
export const invalidParameter = (message: string): AwsError =>
  validationError(`One or more parameter values were invalid: ${message}`);

/**
 * A value that is none, as it is written. It is told with the name of the expression value that it is in, and unlike other
 * problems of requests it is not always counted (see `counted`).
 */
export class MalformedValue extends AwsError {
  readonly isCounted: boolean;

  constructor(message: string, isCounted = false) {
    super({ code: "ValidationException", status: 400 }, message);
    this.isCounted = isCounted;
  }
}

export const countedProblems = (problems: readonly string[]): AwsError =>
  validationError(
    `${problems.length} validation error${problems.length > 1 ? "s" : ""} detected: ${problems.join("; ")}`,
  );

/**
 * What a request says by itself, before its table is looked for, as PutItem, UpdateItem and DeleteItem check it: they count
 * what they find wrong.
 * @throws AwsError ValidationException
 */
export function counted<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof AwsError) || (error instanceof MalformedValue && !error.isCounted)) throw error;
    throw countedProblems([error.message]);
  }
}

type FailedConstraint = readonly [value: string | null, path: string, constraint: string];

/** All that the members of a request fail to satisfy, in one error. */
export const failedConstraints = (failed: readonly FailedConstraint[]): AwsError =>
  countedProblems(
    failed.map(
      ([value, path, constraint]) =>
        `Value ${value === null ? "null" : `'${value}'`} at '${path}' failed to satisfy constraint: ${constraint}`,
    ),
  );

export const failedConstraint = (...failed: FailedConstraint): AwsError => failedConstraints([failed]);

/**
 * The words that AWS has for the same since it moved some of its operations to other checks: without the value, and with
 * the member's name as it is sent.
 */
export const violatedConstraint = (member: string, constraint: string): AwsError =>
  countedProblems([`Value at '${member}' failed to satisfy constraint: ${constraint}`]);

export const keySchemaMismatch = (): AwsError => validationError("The provided key element does not match the schema");

/** What the item operations say; it names no table. */
export const resourceNotFound = (): AwsError =>
  new AwsError(ResourceNotFoundException$, "Requested resource not found");

export const tableNotFound = (name: string): AwsError =>
  new AwsError(ResourceNotFoundException$, `Requested resource not found: Table: ${name} not found`);

export const indexNotFound = (name: string, table: string): AwsError =>
  new AwsError(ResourceNotFoundException$, `Requested resource not found: Index: ${name} of table: ${table} not found`);

/** AWS spells it so. */
export const resourceArnNotFound = (arn: string): AwsError =>
  new AwsError(ResourceNotFoundException$, `Requested resource not found: ResourcArn: ${arn} not found`);

/** What the operations on policies say. */
export const streamOfTableNotFound = (label: string, table: string): AwsError =>
  new AwsError(
    ResourceNotFoundException$,
    `Requested resource not found: Stream: ${label} not found for Table: ${table}`,
  );

export const policyNotFound = (what: string): AwsError =>
  new AwsError(PolicyNotFoundException$, `Resource-based policy not found for the provided ResourceArn: ${what}`);

export const tableExists = (name: string): AwsError =>
  new AwsError(ResourceInUseException$, `Table already exists: ${name}`);

export const tableInUse = (name: string, status: "CREATING" | "UPDATING" | "DELETING"): AwsError => {
  const being = { CREATING: "created", UPDATING: "updated", DELETING: "deleted" }[status];
  return new AwsError(
    ResourceInUseException$,
    `Attempt to change a resource which is still in use: Table is being ${being}: ${name}`,
  );
};

export const limitExceeded = (message: string): AwsError => new AwsError(LimitExceededException$, message);

/** @param item the item as it was, when ReturnValuesOnConditionCheckFailure asks for it */
export const conditionFailed = (item?: Item): AwsError =>
  new AwsError(ConditionalCheckFailedException$, "The conditional request failed", item && { Item: item });

/** Also the words of the reason for which a transaction is cancelled. */
export const COLLECTION_TOO_LARGE = "Collection size exceeded";

export const collectionTooLarge = (): AwsError =>
  new AwsError(ItemCollectionSizeLimitExceededException$, COLLECTION_TOO_LARGE);

export const transactionCanceled = (reasons: readonly { readonly Code: string }[]): AwsError =>
  new AwsError(
    TransactionCanceledException$,
    "Transaction cancelled, please refer cancellation reasons for specific reasons " +
      `[${reasons.map((reason) => reason.Code).join(", ")}]`,
    { CancellationReasons: reasons },
  );

export const idempotencyMismatch = (): AwsError =>
  new AwsError(
    IdempotentParameterMismatchException$,
    "Specified idempotent token was used with different request parameters within the idempotency window",
  );

/** Refuses the members of `names` that the input has: parameters of AWS's that Headwater does not have. */
export function refuse(input: object, names: readonly string[], what: (name: string) => string = (name) => name): void {
  for (const name of names) {
    if ((input as Record<string, unknown>)[name] !== undefined) throw unsupported(`DynamoDB: ${what(name)}`);
  }
}
