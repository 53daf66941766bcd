import { bindExpressions } from "./index.ts";

const partition = { name: "p", type: "S" } as const;
const sort = { name: "c", type: "N" } as const;
const VALUES = { ":p": { S: "x" }, ":c": { N: "3" }, ":d": { N: "7" }, ":s": { S: "y" } };

/** Only the values that the text uses, as a client would send them. */
const valuesOf = (text: string) => Object.fromEntries(Object.entries(VALUES).filter(([key]) => text.includes(key)));

const resolve = (
  text: string,
  schema: { partition: typeof partition; sort?: { name: string; type: "S" | "N" | "B" } } = { partition, sort },
) => {
  const values = valuesOf(text);
  const ExpressionAttributeValues = Object.keys(values).length > 0 ? values : undefined;
  return bindExpressions({ KeyConditionExpression: text, ExpressionAttributeValues }).keyCondition!.resolve(schema);
};

describe("Key condition expressions", () => {
  it("takes the partition key alone, or with one condition on the sort key, in any order", () => {
    expect(resolve("p = :p")).toEqual({ partition: { S: "x" } });
    expect(resolve("c >= :c AND p = :p")).toEqual({
      partition: { S: "x" },
      sort: { operator: ">=", value: { N: "3" } },
    });
    expect(resolve("((c between :c and :d) and (p = :p))")).toEqual({
      partition: { S: "x" },
      sort: { operator: "BETWEEN", low: { N: "3" }, high: { N: "7" } },
    });
    expect(resolve("p = :p and begins_with(c, :s)", { partition, sort: { name: "c", type: "S" } })).toEqual({
      partition: { S: "x" },
      sort: { operator: "begins_with", value: { S: "y" } },
    });
  });

  it("turns a comparison round whose value stands first", () => {
    expect(resolve(":p = p AND :c < c")).toEqual({ partition: { S: "x" }, sort: { operator: ">", value: { N: "3" } } });
  });

  const placed = "Invalid condition in KeyConditionExpression:";
  it.each([
    ["c = :c", "Query condition missed key schema element: p"],
    ["p = :p AND a < :c", "Query condition missed key schema element: c"],
    ["p < :p", "Query key condition not supported"],
    ["p = :c", "One or more parameter values were invalid: Condition parameter type does not match schema type"],
    [
      "p = :p AND c = :s",
      "One or more parameter values were invalid: Condition parameter type does not match schema type",
    ],
    ["p = :p AND c < :c AND a < :c", "Conditions can be of length 1 or 2 only"],
    ["p = :p AND p = :p", "KeyConditionExpressions must only contain one condition per key"],
    ["p = :p AND a.b < :c", "KeyConditionExpressions cannot have conditions on nested attributes"],
    ["p = :p AND size(c) = :c", "KeyConditionExpressions cannot contain nested operations"],
    ["c = :c OR p = :p", "Invalid operator used in KeyConditionExpression: OR"],
    ["NOT c = :c AND p = :p", "Invalid operator used in KeyConditionExpression: NOT"],
    ["p = :p AND c <> :c", "Invalid operator used in KeyConditionExpression: <>"],
    ["p = :p AND c IN (:c)", "Invalid operator used in KeyConditionExpression: IN"],
    ["p = :p AND attribute_exists(c)", "Invalid operator used in KeyConditionExpression: attribute_exists"],
    ["p = c", `${placed} Multiple attribute names used in one condition`],
    [":p = :c", `${placed} No key attribute specified`],
    ["p = :p AND :c BETWEEN c AND :d", `${placed} BETWEEN operator must have the key attribute as its first operand`],
    [
      "p = :p AND begins_with(:s, c)",
      `${placed} begins_with operator must have the key attribute as its first operand`,
    ],
    ["p = :p AND BEGINS_WITH(c, :s)", "Invalid KeyConditionExpression: Invalid function name; function: BEGINS_WITH"],
    [
      "p = :p AND begins_with(c, :c)",
      "Invalid KeyConditionExpression: Incorrect operand type for operator or function; " +
        "operator or function: begins_with, operand type: N",
    ],
    [
      "p = :p AND c BETWEEN :d AND :c",
      "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower " +
        "bound; lower bound operand: AttributeValue: {N:7}, upper bound operand: AttributeValue: {N:3}",
    ],
    ["", "Invalid KeyConditionExpression: The expression can not be empty;"],
    ["p", 'Invalid KeyConditionExpression: Syntax error; token: "<EOF>", near: "p"'],
  ])("refuses %j", (text, message) => {
    expect(() => resolve(text)).toThrow(expect.objectContaining({ name: "ValidationException", message }) as Error);
  });

  it("refuses a second condition where there is no sort key", () => {
    expect(() => resolve("p = :p AND c = :c", { partition })).toThrow("Query key condition not supported");
  });
});
