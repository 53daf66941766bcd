import { compareValues, typeOf, type AttributeType, type AttributeValue } from "./attribute-value.ts";
import { invalidParameter, validationError } from "./errors.ts";

const SCALARS: readonly AttributeType[] = ["S", "N", "B"];

/** A ComparisonOperator, as the part of an expression that it stands for. */
interface Operator {
  /** How many values it takes, at least and at most. */
  readonly values: readonly [least: number, most: number];
  /** Of which types; of any when not said. */
  readonly types?: readonly AttributeType[];
  readonly text: (name: string, values: readonly string[]) => string;
}

const infix = (symbol: string, types?: readonly AttributeType[]): Operator => ({
  values: [1, 1],
  ...(types && { types }),
  text: (name, [value]) => `${name} ${symbol} ${value}`,
});

const OPERATORS: Readonly<Record<string, Operator>> = {
  EQ: infix("="),
  NE: infix("<>"),
  LT: infix("<", SCALARS),
  LE: infix("<=", SCALARS),
  GT: infix(">", SCALARS),
  GE: infix(">=", SCALARS),
  NULL: { values: [0, 0], text: (name) => `attribute_not_exists(${name})` },
  NOT_NULL: { values: [0, 0], text: (name) => `attribute_exists(${name})` },
  CONTAINS: { values: [1, 1], types: SCALARS, text: (name, [value]) => `contains(${name}, ${value})` },
  NOT_CONTAINS: {
    values: [1, 1],
    types: SCALARS,
    // of what is not there it is not true either
    text: (name, [value]) => `(attribute_exists(${name}) AND NOT contains(${name}, ${value}))`,
  },
  BEGINS_WITH: { values: [1, 1], types: ["S", "B"], text: (name, [value]) => `begins_with(${name}, ${value})` },
  IN: { values: [1, Infinity], types: SCALARS, text: (name, values) => `${name} IN (${values.join(", ")})` },
  BETWEEN: { values: [2, 2], types: SCALARS, text: (name, [low, high]) => `${name} BETWEEN ${low} AND ${high}` },
};

/** @throws AwsError ValidationException */
export function operatorOf(name: string): Operator {
  if (!Object.hasOwn(OPERATORS, name)) throw invalidParameter("Invalid comparison operator");
  return OPERATORS[name]!;
}

const NOT_INDEXABLE = ["NE", "NULL", "NOT_NULL", "CONTAINS", "NOT_CONTAINS", "IN"];

/** Whether a condition can be one on a key. */
export const isIndexable = ({
  ComparisonOperator = "",
}: {
  readonly ComparisonOperator?: string | undefined;
}): boolean => !NOT_INDEXABLE.includes(ComparisonOperator);

/** Whether an operator takes these values. @throws AwsError ValidationException */
export function checkValues(
  operator: string,
  values: readonly AttributeValue[],
  [least, most]: Operator["values"],
  types: Operator["types"],
): void {
  if (values.length < least || values.length > most) {
    throw invalidParameter(`Invalid number of argument(s) for the ${operator} ComparisonOperator`);
  }
  const wrong = values.find((value) => types?.includes(typeOf(value)) === false);
  if (wrong !== undefined) {
    throw invalidParameter(`ComparisonOperator ${operator} is not valid for ${typeOf(wrong)} AttributeValue type`);
  }
  if (new Set(values.map(typeOf)).size > 1) {
    throw invalidParameter("AttributeValues inside AttributeValueList must be of same type");
  }
  const [low, high] = values;
  if (operator === "BETWEEN" && compareValues(low!, high!)! > 0) {
    throw validationError(
      "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
    );
  }
}
