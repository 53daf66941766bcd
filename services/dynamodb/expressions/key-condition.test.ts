import type { Keys } from "../model.ts";
import { bindExpressions } from "./index.ts";

const p = { name: "p", type: "S" } as const;
const c = { name: "c", type: "N" } as const;
const VALUES = { ":p": { S: "x" }, ":c": { N: "3" }, ":d": { N: "7" }, ":s": { S: "y" } };

/** Only the values that the text uses, as a client would send them. */
const valuesOf = (text: string) => Object.fromEntries(Object.entries(VALUES).filter(([key]) => text.includes(key)));

const resolve = (text: string, keys: Keys = { partition: [p], sort: [c] }) => {
  const values = valuesOf(text);
  const ExpressionAttributeValues = Object.keys(values).length > 0 ? values : undefined;
  return bindExpressions({ KeyConditionExpression: text, ExpressionAttributeValues }).keyCondition!.resolve(keys);
};

describe("Key condition expressions", () => {
  it("takes the partition key alone, or with one condition on the sort key, in any order", () => {
    expect(resolve("p = :p")).toEqual({ partition: [{ S: "x" }], sort: [] });
    expect(resolve("c >= :c AND p = :p")).toEqual({
      partition: [{ S: "x" }],
      sort: [{ operator: ">=", value: { N: "3" } }],
    });
    expect(resolve("((c between :c and :d) and (p = :p))")).toEqual({
      partition: [{ S: "x" }],
      sort: [{ operator: "BETWEEN", low: { N: "3" }, high: { N: "7" } }],
    });
    expect(resolve("p = :p and begins_with(c, :s)", { partition: [p], sort: [{ name: "c", type: "S" }] })).toEqual({
      partition: [{ S: "x" }],
      sort: [{ operator: "begins_with", value: { S: "y" } }],
    });
  });

  it("turns a comparison round whose value stands first", () => {
    expect(resolve(":p = p AND :c < c")).toEqual({
      partition: [{ S: "x" }],
      sort: [{ operator: ">", value: { N: "3" } }],
    });
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
    [
      "p = :p AND c < :c AND a < :c",
      "The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)",
    ],
    [
      "p = :p AND p = :p",
      "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key",
    ],
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
    expect(() => resolve("p = :p AND c = :c", { partition: [p], sort: [] })).toThrow(
      "The number of query conditions (2) exceeds the number of key attributes defined in the schema (1)",
    );
  });

  describe("on keys of several attributes", () => {
    const q = { name: "q", type: "N" } as const;
    const [r, s] = [{ name: "r", type: "S" } as const, { name: "s", type: "N" } as const];
    const several: Keys = { partition: [p, q], sort: [r, s, { name: "t", type: "N" }] };
    const oneHash: Keys = { partition: [p], sort: [r, s, c] };

    it("take equalities for the whole partition key, and the sort key from left to right, written in any order", () => {
      const partition = [{ S: "x" }, { N: "3" }];
      expect(resolve("q = :c AND p = :p", several)).toEqual({ partition, sort: [] });
      expect(resolve("q = :c AND s < :d AND p = :p AND r = :s", several)).toEqual({
        partition,
        sort: [
          { operator: "=", value: { S: "y" } },
          { operator: "<", value: { N: "7" } },
        ],
      });
      expect(resolve("p = :p AND begins_with(r, :s)", oneHash).sort).toEqual([
        { operator: "begins_with", value: { S: "y" } },
      ]);
    });

    const unequal = (names: string, on: string) =>
      `RANGE key attributes ${names} must have equality conditions specified in the query ` +
      `because a condition is present on key attribute ${on}`;
    const hash = (names: string) => `HASH key attributes ${names} must have equality conditions specified in the query`;

    it.each<[Keys, string, string]>([
      [several, "p = :p", hash("q")],
      [several, "r = :s", hash("p, q")],
      [several, "p = :p AND q > :c", hash("q")],
      [several, "p = :p AND q BETWEEN :c AND :d AND r = :s", hash("q")],
      [oneHash, "r = :s", hash("p")],
      [several, "p = :p AND q = :c AND s = :c", unequal("r", "s")],
      [several, "p = :p AND q = :c AND r = :s AND t = :c", unequal("s", "t")],
      [several, "p = :p AND q = :c AND t = :c", unequal("r, s", "t")],
      [several, "p = :p AND q = :c AND r > :s AND s = :c", unequal("r", "s")],
      [several, "p = :p AND q = :c AND begins_with(r, :s) AND s < :c", unequal("r", "s")],
      [several, "p = :p AND q = :c AND a = :c", "Query condition missed key schema element: r"],
      [
        several,
        "p = :p AND q = :s",
        "One or more parameter values were invalid: Condition parameter type does not match schema type",
      ],
      [
        oneHash,
        "p = :p AND r = :s AND s = :c AND c = :c AND a = :c",
        "The number of query conditions (5) exceeds the number of key attributes defined in the schema (4)",
      ],
    ])("refuse of %j %j", (keys, text, message) => {
      expect(() => resolve(text, keys)).toThrow(
        expect.objectContaining({ name: "ValidationException", message }) as Error,
      );
    });
  });
});
