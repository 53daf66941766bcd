import type { Constraint, Constraints } from "../../emulator/model/constraints.ts";

/** The orders in which DynamoDB names the values of members that are one of some; its model has others. */
const ORDERS: readonly (readonly string[])[] = [
  ["ADD", "DELETE", "PUT"],
  ["ALL", "INCLUDE", "KEYS_ONLY"],
  ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"],
  ["B", "N", "S"],
  [
    ...["IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE"],
    "CONTAINS",
  ],
  ["OR", "AND"],
  ["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"],
];

const setOf = (values: readonly string[]): string => values.toSorted().join(" ");
const bySet = new Map(ORDERS.map((order) => [setOf(order), order]));

function ordered(constraint: Constraint): Constraint {
  const { enum: values, member, key, value } = constraint;
  return {
    ...constraint,
    ...(values && { enum: bySet.get(setOf(values)) ?? values }),
    ...(member && { member: ordered(member) }),
    ...(key && { key: ordered(key) }),
    ...(value && { value: ordered(value) }),
  };
}

export const inDynamoDbOrder = (constraints: Constraints): Constraints =>
  Object.fromEntries(
    Object.entries(constraints).map(([structure, members]) => [
      structure,
      Object.fromEntries(Object.entries(members).map(([name, constraint]) => [name, ordered(constraint)])),
    ]),
  );
