import { AwsError } from "../../emulator/model/errors.ts";
import { nameProblem, parseAttributeValue, typeOf, type AttributeType } from "./attribute-value.ts";
import { invalidParameter, validationError } from "./errors.ts";
import { incorrectDataType, type ExpressionInput } from "./expressions/index.ts";
import { checkValues, isIndexable, operatorOf } from "./legacy-operators.ts";
import { LATER_WORDS } from "./value-words.ts";

type ByAttribute<T> = Readonly<Record<string, T>> | undefined;

interface Comparison {
  readonly ComparisonOperator?: string | undefined;
  readonly AttributeValueList?: readonly object[] | undefined;
}

interface Expectation extends Comparison {
  readonly Value?: object | undefined;
  readonly Exists?: boolean | undefined;
}

interface AttributeUpdate {
  readonly Action?: string | undefined;
  readonly Value?: object | undefined;
}

/** The parameters of the time before expressions, as they came. */
export interface LegacyInput {
  readonly AttributesToGet?: readonly string[] | undefined;
  readonly AttributeUpdates?: ByAttribute<AttributeUpdate>;
  readonly ConditionalOperator?: string | undefined;
  readonly Expected?: ByAttribute<Expectation>;
  readonly KeyConditions?: ByAttribute<Comparison>;
  readonly QueryFilter?: ByAttribute<Comparison>;
  readonly ScanFilter?: ByAttribute<Comparison>;
}

export const hasLegacyParameters = (input: LegacyInput): boolean =>
  input.Expected !== undefined ||
  input.AttributeUpdates !== undefined ||
  input.AttributesToGet !== undefined ||
  input.KeyConditions !== undefined ||
  input.QueryFilter !== undefined ||
  input.ScanFilter !== undefined ||
  input.ConditionalOperator !== undefined;

/**
 * The expressions that mean the same as the legacy parameters of a request.
 * @throws AwsError ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
 */
export function expressionsOfLegacy(input: LegacyInput): ExpressionInput {
  checkConditionalOperator(input);
  const bound = new Placeholders();
  const updates = updateSections(input.AttributeUpdates, bound);
  const expected = Object.entries(input.Expected ?? {}).map(([name, one]) => expectation(name, one, bound));
  const filter = Object.entries(input.QueryFilter ?? input.ScanFilter ?? {}).map(([name, one]) =>
    comparison(name, one, bound),
  );
  const attributes = projected(input.AttributesToGet, bound);
  const keys = keyConditions(input.KeyConditions, bound);
  const together = (conditions: readonly string[]) => conditions.join(` ${input.ConditionalOperator ?? "AND"} `);
  return {
    UpdateExpression: ifAny(updates, (sections) => sections.join(" ")),
    KeyConditionExpression: ifAny(keys, (conditions) => conditions.join(" AND ")),
    ConditionExpression: ifAny(expected, together),
    FilterExpression: ifAny(filter, together),
    ProjectionExpression: ifAny(attributes, (names) => names.join(", ")),
    ...bound.used(),
  };
}

/**
 * What is wrong with the legacy filter and the names of a request that reads: it is told before its starting key is looked at.
 * @throws AwsError ValidationException
 */
export function checkLegacyFilter(input: LegacyInput): void {
  if (hasLegacyParameters(input)) expressionsOfLegacy({ ...input, KeyConditions: undefined });
}

/** What an item has against the type of a value of AttributeUpdates is said in other words than of expressions. */
export function updatedByAttributes<T>(apply: () => T): T {
  try {
    return apply();
  } catch (error) {
    if (!(error instanceof AwsError) || error.message !== incorrectDataType().message) throw error;
    throw validationError("Type mismatch for attribute to update");
  }
}

const ifAny = (parts: readonly string[], join: (parts: readonly string[]) => string): string | undefined =>
  parts.length === 0 ? undefined : join(parts);

/** The names and values of a request. The texts depend on its form alone, so that each form is parsed once. */
class Placeholders {
  readonly #names: Record<string, string> = {};
  readonly #values: Record<string, object> = {};
  #count = 0;

  /** @throws AwsError ValidationException */
  name(attribute: string): string {
    const problem = nameProblem(attribute);
    if (problem !== undefined) throw validationError(problem);
    const placeholder = `#n${this.#count++}`;
    this.#names[placeholder] = attribute;
    return placeholder;
  }

  value(value: object): string {
    const placeholder = `:v${this.#count++}`;
    this.#values[placeholder] = value;
    return placeholder;
  }

  used(): Pick<ExpressionInput, "ExpressionAttributeNames" | "ExpressionAttributeValues"> {
    return {
      ...(Object.keys(this.#names).length > 0 && { ExpressionAttributeNames: this.#names }),
      ...(Object.keys(this.#values).length > 0 && { ExpressionAttributeValues: this.#values }),
    };
  }
}

function projected(names: readonly string[] = [], bound: Placeholders): string[] {
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw invalidParameter(`Duplicate value in attribute name: ${twice}`);
  return names.map((name) => bound.name(name));
}

function updateSections(updates: ByAttribute<AttributeUpdate>, bound: Placeholders): string[] {
  const actions: Record<"SET" | "REMOVE" | "ADD" | "DELETE", string[]> = { SET: [], REMOVE: [], ADD: [], DELETE: [] };
  const entries = Object.entries<AttributeUpdate | null>(updates ?? {});
  if (entries.some(([, update]) => !ACTIONS.includes(update?.Action ?? "PUT"))) {
    // its quote is AWS's
    throw validationError("Member must satisfy enum value set: [ADD, DELETE, PUT]' for Action");
  }
  for (const [attribute, update] of entries) {
    if (update === null) {
      throw validationError("Supplied AttributeValueUpdate is empty, must contain one of the supported actions");
    }
    const { Action = "PUT", Value } = update;
    const name = bound.name(attribute);
    if (Value === undefined) {
      if (Action !== "DELETE") {
        throw invalidParameter("Only DELETE action is allowed when no attribute value is specified");
      }
      actions.REMOVE.push(name);
      continue;
    }
    const type = typeOf(parseAttributeValue(Value, LATER_WORDS));
    const value = bound.value(Value);
    if (Action === "PUT") actions.SET.push(`${name} = ${value}`);
    else if (Action === "DELETE") {
      if (!SETS.includes(type)) {
        throw invalidParameter(`DELETE action with value is not supported for the type ${type}`);
      }
      actions.DELETE.push(`${name} ${value}`);
    } else if (type === "L") {
      // a list grows, which ADD of expressions does not do
      actions.SET.push(`${name} = list_append(if_not_exists(${name}, ${bound.value({ L: [] })}), ${value})`);
    } else {
      if (type !== "N" && !SETS.includes(type)) {
        throw invalidParameter(`ADD action is not supported for the type ${type}`);
      }
      actions.ADD.push(`${name} ${value}`);
    }
  }
  return Object.entries(actions).flatMap(([section, list]) =>
    list.length === 0 ? [] : [`${section} ${list.join(", ")}`],
  );
}

const ACTIONS = ["ADD", "DELETE", "PUT"];
const SETS: readonly AttributeType[] = ["SS", "NS", "BS"];
function keyConditions(conditions: ByAttribute<Comparison>, bound: Placeholders): string[] {
  if (conditions === undefined) return [];
  const texts = Object.entries<Comparison | null>(conditions).map(([name, one]) => {
    if (one === null || isIndexable(one)) return comparison(name, one, bound);
    comparison(name, one, new Placeholders());
    // that it cannot be one on a key is told when the table is known
    return `${bound.name(name)} = ${bound.value({ NULL: true })}`;
  });
  if (texts.length < 1) throw validationError("Conditions can be of length 1 or 2 only");
  return texts;
}

/** One entry of Expected: a comparison, or the older form of a value or of an attribute that is not to exist. */
function expectation(attribute: string, one: Expectation | null, bound: Placeholders): string {
  const problem = (what: string) => invalidParameter(`${what} for Attribute: ${attribute}`);
  if (one === null) throw problem("ExpectedAttributeValue must not be null");
  const { ComparisonOperator, AttributeValueList, Value, Exists } = one;
  if (ComparisonOperator !== undefined) {
    if (Exists !== undefined) throw problem("Exists and ComparisonOperator cannot be used together");
    if (Value !== undefined && AttributeValueList !== undefined) {
      throw problem("Value and AttributeValueList cannot be used together");
    }
    const values = AttributeValueList ?? (Value === undefined ? undefined : [Value]);
    if (values === undefined && operatorOf(ComparisonOperator).values[0] > 0) {
      throw problem(`Value or AttributeValueList must be used with ComparisonOperator: ${ComparisonOperator}`);
    }
    return comparison(attribute, { ComparisonOperator, AttributeValueList: values }, bound);
  }
  if (AttributeValueList !== undefined && Value !== undefined) {
    throw problem("Value and AttributeValueList cannot be used together");
  }
  if (AttributeValueList !== undefined) throw problem("AttributeValueList can only be used with a ComparisonOperator");
  if (Exists === false) {
    if (Value !== undefined) throw problem("Value cannot be used when Exists is false");
    return comparison(attribute, { ComparisonOperator: "NULL" }, bound);
  }
  if (Value === undefined) throw problem(`Value must be provided when Exists is ${String(Exists ?? null)}`);
  return comparison(attribute, { ComparisonOperator: "EQ", AttributeValueList: [Value] }, bound);
}

function comparison(attribute: string, one: Comparison | null, bound: Placeholders): string {
  if (one === null) throw validationError(`The filter condition for an attribute cannot be null: ${attribute}`);
  const { ComparisonOperator: operator = "", AttributeValueList: list = [] } = one;
  const { values, types, text } = operatorOf(operator);
  checkValues(
    operator,
    list.map((value) => parseAttributeValue(value, LATER_WORDS)),
    values,
    types,
  );
  return text(
    bound.name(attribute),
    list.map((value) => bound.value(value)),
  );
}

function checkConditionalOperator(input: LegacyInput): void {
  const { ConditionalOperator: operator } = input;
  if (operator === undefined) return;
  const conditions = Object.keys(input.Expected ?? input.QueryFilter ?? input.ScanFilter ?? {}).length;
  if (conditions > 1 && (operator === "AND" || operator === "OR")) return;
  throw validationError(misused(conditions));
}

function misused(conditions: number): string {
  if (conditions === 0) return "ConditionalOperator cannot be used without Filter or Expected";
  if (conditions === 1) {
    return "ConditionalOperator can only be used when Filter or Expected has two or more elements";
  }
  // these are the values that AWS names
  return "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]";
}
