import { validationError } from "./errors.ts";
import { EARLIER_WORDS } from "./value-words.ts";
import { bindExpressions, type ExpressionInput, type ExpressionName, type Expressions } from "./expressions/index.ts";
import { expressionsOfLegacy, hasLegacyParameters, type LegacyInput } from "./legacy-parameters.ts";

const NONE: Expressions = {};

const PARAMETERS: ReadonlySet<string> = new Set<keyof ExpressionInput | keyof LegacyInput>([
  "ConditionExpression",
  "FilterExpression",
  "KeyConditionExpression",
  "ProjectionExpression",
  "UpdateExpression",
  "ExpressionAttributeNames",
  "ExpressionAttributeValues",
  "AttributesToGet",
  "AttributeUpdates",
  "ConditionalOperator",
  "Expected",
  "KeyConditions",
  "QueryFilter",
  "ScanFilter",
]);

/** Whether a request has any of these parameters: what it has is quicker to look through than what it may have. */
function hasParameters(input: object): boolean {
  for (const name in input) if (PARAMETERS.has(name)) return true;
  return false;
}

/**
 * Which parameters go together, before any of them is looked into. `expressions` and `legacy` are the parameters that the
 * operation has, in DynamoDB's order; `namesNone`: values without an expression are refused without naming the expressions.
 * @throws AwsError ValidationException
 */
export function checkExpressionParameters(
  input: ExpressionInput,
  expressions: readonly ExpressionName[],
  legacy: readonly string[] = [],
  namesNone = false,
): void {
  if (!hasParameters(input)) return;
  const members = input as Record<string, unknown>;
  const isGiven = (name: string) => members[name] !== undefined;
  const hasExpressions = expressions.some(isGiven);
  // KeyConditions stand beside filters and projections
  const apart = legacy.filter(
    (name) => isGiven(name) && (name !== "KeyConditions" || input.KeyConditionExpression !== undefined),
  );
  if (hasExpressions && apart.length > 0) {
    throw validationError(
      "Can not use both expression and non-expression parameters in the same request: " +
        `Non-expression parameters: {${apart.join(", ")}} ` +
        `Expression parameters: {${expressions.filter(isGiven).join(", ")}}`,
    );
  }
  if (input.ExpressionAttributeNames !== undefined && !hasExpressions) {
    throw validationError("ExpressionAttributeNames can only be specified when using expressions");
  }
  if (input.ExpressionAttributeValues === undefined) return;
  const withValues = expressions.filter((name) => name !== "ProjectionExpression");
  if (!withValues.some(isGiven)) {
    const problem = "ExpressionAttributeValues can only be specified when using expressions";
    const which = `${withValues.join(" and ")} ${withValues.length > 1 ? "are" : "is"} null`;
    throw validationError(namesNone ? problem : `${problem}: ${which}`);
  }
}

/**
 * The expressions of a request, or those that its legacy parameters stand for; nothing is done where there are none.
 * @throws AwsError ValidationException
 */
export function expressionsOf(input: ExpressionInput & LegacyInput, words = EARLIER_WORDS): Expressions {
  if (!hasParameters(input)) return NONE;
  const hasExpressions =
    input.ConditionExpression !== undefined ||
    input.FilterExpression !== undefined ||
    input.KeyConditionExpression !== undefined ||
    input.ProjectionExpression !== undefined ||
    input.UpdateExpression !== undefined;
  // it is texts that have a length
  const legacy = hasLegacyParameters(input) ? bindExpressions(expressionsOfLegacy(input), words, Infinity) : NONE;
  return hasExpressions ? { ...legacy, ...bindExpressions(input, words) } : legacy;
}
