import { bindCondition, type Condition } from "./condition.ts";
import { bindKeyCondition, toKeyCondition, type KeyCondition } from "./key-condition.ts";
import { bindProjection, type Projection } from "./projection.ts";
import { Scope } from "./scope.ts";
import { invalidExpression } from "./tokens.ts";
import { bindUpdate, type Update } from "./update.ts";
import { EARLIER_WORDS, LATER_WORDS } from "../value-words.ts";

export type { AttributeValue, Item } from "../attribute-value.ts";
export type { Condition } from "./condition.ts";
export {
  comparedValues,
  type KeyAttribute,
  type KeyCondition,
  type QueriedKey,
  type SortKeyCondition,
} from "./key-condition.ts";
export type { AttributeUse, Path, PathElement } from "./paths.ts";
export { projectPaths, type Projection } from "./projection.ts";
export type { Update } from "./update.ts";
export { incorrectDataType } from "./update-values.ts";

const MAX_EXPRESSION_BYTES = 4096;

/** The expression members of a request, as they came. */
export interface ExpressionInput {
  readonly ConditionExpression?: string | undefined;
  readonly FilterExpression?: string | undefined;
  readonly KeyConditionExpression?: string | undefined;
  readonly ProjectionExpression?: string | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, object>> | undefined;
}

export type ExpressionName = Exclude<keyof ExpressionInput, "ExpressionAttributeNames" | "ExpressionAttributeValues">;

/** The expressions of one request, checked and bound to its names and values. */
export interface Expressions {
  readonly condition?: Condition;
  readonly filter?: Condition;
  readonly keyCondition?: KeyCondition;
  readonly projection?: Projection;
  readonly update?: Update;
}

/**
 * Parses (once for each text; a bounded cache), checks and binds all expressions of a request, in DynamoDB's order: names and
 * values, syntax, operands, then names and values that nothing uses.
 * @throws AwsError ValidationException
 */
export function bindExpressions(
  input: ExpressionInput,
  words = EARLIER_WORDS,
  mostBytes = MAX_EXPRESSION_BYTES,
): Expressions {
  const scope = new Scope(input.ExpressionAttributeNames, input.ExpressionAttributeValues, words);
  const ifGiven = <T>(name: ExpressionName, bind: (text: string) => T): T | undefined => {
    const text = input[name];
    if (text === undefined) return undefined;
    const size = Buffer.byteLength(text);
    if (size > mostBytes) throw invalidExpression(name, words.expressionTooLong(size));
    return bind(text);
  };
  // the later checks look for an empty one of these first
  if (words === LATER_WORDS && input.ConditionExpression === "") bindCondition("ConditionExpression", "", scope);
  const update = ifGiven("UpdateExpression", (text) => bindUpdate(text, scope));
  const condition = ifGiven("ConditionExpression", (text) => bindCondition("ConditionExpression", text, scope));
  const keys = ifGiven("KeyConditionExpression", (text) => bindKeyCondition(text, scope));
  const filter = ifGiven("FilterExpression", (text) => bindCondition("FilterExpression", text, scope));
  const projection = ifGiven("ProjectionExpression", (text) => bindProjection(text, scope));
  scope.requireAllUsed();
  return {
    ...(update && { update }),
    ...(condition && { condition }),
    ...(keys && { keyCondition: toKeyCondition(keys) }),
    ...(filter && { filter }),
    ...(projection && { projection }),
  };
}
