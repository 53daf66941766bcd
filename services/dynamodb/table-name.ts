import { failedConstraints, resourceNotFound, validationError } from "./errors.ts";

const PATTERN = "[a-zA-Z0-9_.-]+";
const WHOLE = new RegExp(`^${PATTERN}$`);
const ARN = /^arn:aws:dynamodb:([^:]+):(\d+):table\/([^/]+)$/;
const SHORTEST = 3;
const LONGEST = 255;

/** The account that an ARN names as the owner of a table; undefined for a name, which is one of the caller's tables. */
export const accountOfTable = (nameOrArn: string): string | undefined =>
  nameOrArn.startsWith("arn:") ? ARN.exec(nameOrArn)?.[2] : undefined;

/** The ARN of a table by its name; a request may give the ARN in its place. */
export const tableArn = ({ account, region }: { account: string; region: string }, nameOrArn: string): string =>
  nameOrArn.startsWith("arn:") ? nameOrArn : `arn:aws:dynamodb:${region}:${account}:table/${nameOrArn}`;

/**
 * The name in what a request gives as TableName: a name, or an ARN of this account and region.
 * @throws AwsError ValidationException; ResourceNotFoundException for an ARN of another account
 */
export function tableNameOf(scope: { account: string; region: string }, nameOrArn: string): string {
  if (!nameOrArn.startsWith("arn:")) return nameOrArn;
  const [, region, account, name] = ARN.exec(nameOrArn) ?? [];
  if (name === undefined) throw validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${nameOrArn}`);
  if (account !== scope.account) throw resourceNotFound();
  if (region !== scope.region)
    throw validationError(`1 validation error detected: Invalid AWS region in '${nameOrArn}'`);
  return name;
}

/** The constraints that a name does not satisfy. */
export const unsatisfiedBy = (name: string): string[] =>
  [
    !WHOLE.test(name) && `Member must satisfy regular expression pattern: ${PATTERN}`,
    name.length < SHORTEST && `Member must have length greater than or equal to ${SHORTEST}`,
    name.length > LONGEST && `Member must have length less than or equal to ${LONGEST}`,
  ].filter((constraint) => constraint !== false);

/** @throws AwsError ValidationException, with all that is wrong with the name */
export function checkTableName(name: string, member = "tableName"): void {
  const constraints = unsatisfiedBy(name);
  if (constraints.length === 0) return;
  throw failedConstraints(constraints.map((constraint) => [name, member, constraint]));
}
