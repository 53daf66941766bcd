import { invalidParameter, notFound } from "./errors.ts";
import { LATEST, type Scope } from "./model.ts";

export interface FunctionReference {
  readonly name: string;
  readonly qualifier?: string;
}

export const functionArn = ({ account, region }: Scope, name: string, qualifier?: string): string =>
  `arn:aws:lambda:${region}:${account}:function:${name}${qualifier === undefined ? "" : `:${qualifier}`}`;

/** Name, partial ARN (ACCOUNT:function:NAME) or ARN, each with an optional qualifier. */
const REFERENCE =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:(?<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[a-zA-Z0-9-_]+)(?::(?<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?$/;

/**
 * Reads what a caller names a function by.
 * @throws InvalidParameterValueException when `qualifier` contradicts the one in the name; ResourceNotFoundException for another region
 */
export function parseReference(scope: Scope, text: string, qualifier?: string): FunctionReference {
  const parts = REFERENCE.exec(text)?.groups;
  const name = parts?.["name"];
  if (!parts || name === undefined) {
    throw invalidParameter(`The function name or ARN ${text} is not valid.`);
  }
  if (parts["region"] !== undefined && parts["region"] !== scope.region) {
    throw notFound(`Functions from '${parts["region"]}' are not reachable in this region ('${scope.region}')`);
  }
  if (parts["account"] !== undefined && parts["account"] !== scope.account) {
    throw notFound(`Function not found: ${text}`);
  }
  if (name.length > 64) {
    throw invalidParameter("The function name must be shorter than or equal to 64 characters.");
  }
  const own = parts["qualifier"];
  if (own !== undefined && qualifier !== undefined && own !== qualifier) {
    throw invalidParameter("The derived qualifier from the function name does not match the specified qualifier.");
  }
  const chosen = qualifier ?? own;
  return { name, ...(chosen !== undefined && { qualifier: chosen }) };
}

export const isVersion = (qualifier: string): boolean => qualifier === LATEST || /^\d+$/.test(qualifier);
