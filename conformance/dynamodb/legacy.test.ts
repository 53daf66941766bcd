import {
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  type AttributeValue,
  type Condition,
  type QueryCommandInput,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import {
  counted,
  createSorted,
  createTable,
  invalid,
  N,
  putAll,
  refusal,
  S,
  useDynamoDb,
  validation,
  type Item,
} from "./support.ts";

const { client } = useDynamoDb();
const is = (ComparisonOperator: Condition["ComparisonOperator"], ...values: AttributeValue[]): Condition => ({
  ComparisonOperator,
  ...(values.length > 0 && { AttributeValueList: values }),
});

const invalidWrite = (message: string): string => counted(`One or more parameter values were invalid: ${message}`);

let table: string;
beforeAll(async () => {
  table = await createTable(client);
});

let next = 0;
/** Puts an item of these attributes. @returns its key */
async function stored(attributes: Item = {}): Promise<Item> {
  const key = { pk: S(`item-${++next}`) };
  await client.send(new PutItemCommand({ TableName: table, Item: { ...key, ...attributes } }));
  return key;
}
const update = (input: Omit<UpdateItemCommandInput, "TableName">) =>
  client.send(new UpdateItemCommand({ TableName: table, ...input }));
const attributesOf = async (key: Item) => {
  const { pk, ...rest } = (await client.send(new GetItemCommand({ TableName: table, Key: key }))).Item ?? {};
  return pk && rest;
};

describe("AttributeUpdates", () => {
  it("puts, adds to numbers, sets and lists, takes members and attributes away, and answers what it changed", async () => {
    const key = await stored({
      ...{ a: S("old"), gone: S("x"), n: N(1), set: { SS: ["a", "b"] }, all: { NS: ["1"] }, list: { L: [N(1)] } },
      ...{ kept: S("kept") },
    });
    const answer = await update({
      Key: key,
      AttributeUpdates: {
        a: { Value: S("new") },
        gone: { Action: "DELETE" },
        n: { Action: "ADD", Value: N(2) },
        m: { Action: "ADD", Value: N(7) },
        set: { Action: "DELETE", Value: { SS: ["b", "c"] } },
        all: { Action: "DELETE", Value: { NS: ["1"] } },
        list: { Action: "ADD", Value: { L: [N(2)] } },
        fresh: { Action: "ADD", Value: { L: [N(3)] } },
        "a.b c": { Action: "PUT", Value: { BOOL: true } },
      },
      ReturnValues: "UPDATED_NEW",
    });
    const changed = {
      ...{ a: S("new"), n: N(3), m: N(7), set: { SS: ["a"] }, list: { L: [N(1), N(2)] }, fresh: { L: [N(3)] } },
      "a.b c": { BOOL: true },
    };
    expect(answer.Attributes).toEqual(changed);
    expect(await attributesOf(key)).toEqual({ ...changed, kept: S("kept") });
  });

  it("takes as many attributes as there are, in no matter how long an expression", async () => {
    const values = Object.fromEntries(
      Array.from({ length: 1000 }, (_, i): [string, AttributeValue] => [`a${i}`, N(i)]),
    );
    const Key = { pk: S("many") };
    const AttributeUpdates = Object.fromEntries(Object.entries(values).map(([name, Value]) => [name, { Value }]));
    await update({ Key, AttributeUpdates });
    const get = new GetItemCommand({ TableName: table, Key, AttributesToGet: Object.keys(values) });
    expect((await client.send(get)).Item).toEqual(values);
  });

  it("makes an item, but not of an update that only takes away", async () => {
    const [made, none] = [{ pk: S("made") }, { pk: S("none") }];
    await update({ Key: made, AttributeUpdates: { n: { Action: "ADD", Value: N(1) } } });
    await update({ Key: none, AttributeUpdates: { n: { Action: "DELETE" } } });
    expect([await attributesOf(made), await attributesOf(none)]).toEqual([{ n: N(1) }, undefined]);
  });

  it.each([
    ["an empty value", { a: { Action: "PUT" } }, "Only DELETE action is allowed when no attribute value is specified"],
    [
      "members of a string",
      { a: { Action: "DELETE", Value: S("x") } },
      "DELETE action with value is not supported for the type S",
    ],
    ["to add a string", { a: { Action: "ADD", Value: S("x") } }, "ADD action is not supported for the type S"],
  ] as const)("refuses %s", async (_what, AttributeUpdates, message) => {
    expect(await refusal(update({ Key: { pk: S("refused") }, AttributeUpdates }))).toBe(invalidWrite(message));
  });

  it("refuses to change a key", async () => {
    const call = update({ Key: { pk: S("refused") }, AttributeUpdates: { pk: { Value: S("x") } } });
    expect(await refusal(call)).toBe(invalid("Cannot update attribute pk. This attribute is part of the key"));
  });

  it("refuses an action that it does not know before it looks at the others", async () => {
    const AttributeUpdates = { a: { Action: "PUT" }, b: { Action: "add" as "ADD", Value: N(1) } } as const;
    expect(await refusal(update({ Key: { pk: S("refused") }, AttributeUpdates }))).toBe(
      counted("Member must satisfy enum value set: [ADD, DELETE, PUT]' for Action"),
    );
  });

  it.each([
    ["ADD", S("x"), N(1)],
    ["ADD", { SS: ["x"] }, { NS: ["1"] }],
    ["ADD", { SS: ["x"] }, { L: [S("y")] }],
    ["DELETE", { NS: ["1"] }, { SS: ["x"] }],
  ] as const)("refuses to %s where the attribute is of another type", async (Action, there, Value) => {
    const Key = await stored({ a: there as AttributeValue });
    const call = update({ Key, AttributeUpdates: { a: { Action, Value: Value as AttributeValue } } });
    expect(await refusal(call)).toBe(validation("Type mismatch for attribute to update"));
  });
});

describe("Expected", () => {
  it("lets a write through when all hold, or with OR when one holds, and else changes nothing", async () => {
    const key = await stored({ owner: S("me"), counter: N(4) });
    const take = (Expected: UpdateItemCommandInput["Expected"], ConditionalOperator?: "AND" | "OR") =>
      update({ Key: key, AttributeUpdates: { counter: { Value: N(5) } }, Expected, ConditionalOperator });
    const refused = "ConditionalCheckFailedException: The conditional request failed";
    expect(await refusal(take({ owner: { Value: S("you") } }))).toBe(refused);
    expect(await refusal(take({ owner: { Value: S("me") }, counter: { Value: N(3) } }))).toBe(refused);
    expect(await refusal(take({ owner: { Exists: false } }))).toBe(refused);
    expect(await attributesOf(key)).toEqual({ owner: S("me"), counter: N(4) });
    await take({ owner: { Exists: true, Value: S("me") }, absent: { Exists: false } });
    await take({ owner: { Value: S("you") }, counter: is("GE", N(5)) }, "OR");
    expect(await attributesOf(key)).toEqual({ owner: S("me"), counter: N(5) });
  });

  it("holds neither for CONTAINS nor for NOT_CONTAINS of an attribute that is not there", async () => {
    const Key = await stored({ a: N(1) });
    for (const operator of ["CONTAINS", "NOT_CONTAINS"] as const) {
      expect(await refusal(update({ Key, Expected: { absent: is(operator, N(1)) } }))).toMatch(
        /^ConditionalCheckFailed/,
      );
    }
    await update({ Key, Expected: { absent: is("NOT_CONTAINS", N(1)), a: is("EQ", N(1)) }, ConditionalOperator: "OR" });
  });

  it("guards PutItem and DeleteItem too", async () => {
    const key = await stored({ a: N(1) });
    const put = new PutItemCommand({ TableName: table, Item: key, Expected: { pk: { Exists: false } } });
    expect(await refusal(client.send(put))).toMatch(/^ConditionalCheckFailed/);
    const remove = (value: number) =>
      client.send(new DeleteItemCommand({ TableName: table, Key: key, Expected: { a: { Value: N(value) } } }));
    expect(await refusal(remove(2))).toMatch(/^ConditionalCheckFailed/);
    await remove(1);
    expect(await attributesOf(key)).toBeUndefined();
  });

  it.each([
    [{ a: {} }, "Value must be provided when Exists is null for Attribute: a"],
    [{ a: { Exists: true } }, "Value must be provided when Exists is true for Attribute: a"],
    [{ a: { Exists: false, Value: S("x") } }, "Value cannot be used when Exists is false for Attribute: a"],
    [
      { a: { Exists: true, ComparisonOperator: "EQ", Value: S("x") } },
      "Exists and ComparisonOperator cannot be used together for Attribute: a",
    ],
    [
      { a: { AttributeValueList: [S("x")] } },
      "AttributeValueList can only be used with a ComparisonOperator for Attribute: a",
    ],
    [
      { a: { ComparisonOperator: "EQ" } },
      "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a",
    ],
    [
      { a: { Value: S("x"), AttributeValueList: [S("x")] } },
      "Value and AttributeValueList cannot be used together for Attribute: a",
    ],
    [{ a: { ComparisonOperator: "eq", Value: S("x") } }, "Invalid comparison operator"],
    [{ a: is("EQ", S("x"), S("y")) }, "Invalid number of argument(s) for the EQ ComparisonOperator"],
    [{ a: is("LT", { SS: ["x"] }) }, "ComparisonOperator LT is not valid for SS AttributeValue type"],
    [{ a: is("IN", S("x"), N(1)) }, "AttributeValues inside AttributeValueList must be of same type"],
  ] as const)("refuses %j", async (Expected, message) => {
    const call = update({ Key: { pk: S("refused") }, Expected: Expected as UpdateItemCommandInput["Expected"] });
    expect(await refusal(call)).toBe(invalidWrite(message));
  });

  it("refuses a ConditionalOperator that joins nothing", async () => {
    const Key = { pk: S("refused") };
    expect(await refusal(update({ Key, ConditionalOperator: "OR" }))).toBe(
      counted("ConditionalOperator cannot be used without Filter or Expected"),
    );
    expect(await refusal(update({ Key, ConditionalOperator: "OR", Expected: { a: {} } }))).toBe(
      counted("ConditionalOperator can only be used when Filter or Expected has two or more elements"),
    );
    const Expected = { a: { Exists: false }, b: { Exists: false } };
    expect(await refusal(update({ Key, ConditionalOperator: "and" as "AND", Expected }))).toBe(
      counted("Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]"),
    );
  });
});

describe("KeyConditions, QueryFilter, ScanFilter and AttributesToGet", () => {
  let sorted: string;
  const rows = [1, 2, 3, 4].map((n) => ({
    ...{ pk: S("p"), sk: S(`s${n}`), n: N(n), tags: { SS: [`t${n}`, "all"] } },
    ...(n === 4 && { last: { BOOL: true } }),
  }));
  beforeAll(async () => {
    sorted = await createSorted(client);
    await putAll(client, sorted, rows);
  });

  const sortKeys = (items: readonly Item[] = []) => items.map(({ sk }) => sk?.S);
  const query = (input: Omit<QueryCommandInput, "TableName">) =>
    client.send(new QueryCommand({ TableName: sorted, ...input }));
  const partition = { pk: is("EQ", S("p")) };

  it.each([
    [is("EQ", S("s2")), ["s2"]],
    [is("LE", S("s2")), ["s1", "s2"]],
    [is("GT", S("s3")), ["s4"]],
    [is("BEGINS_WITH", S("s")), ["s1", "s2", "s3", "s4"]],
    [is("BETWEEN", S("s2"), S("s3")), ["s2", "s3"]],
  ] as const)("queries by a sort key that is %j", async (sk, expected) => {
    const { Items } = await query({ KeyConditions: { ...partition, sk } });
    expect(sortKeys(Items)).toEqual(expected);
  });

  it.each([
    [{ n: is("NE", N(2)) }, ["s1", "s3", "s4"]],
    [{ n: is("IN", N(1), N(4), N(9)) }, ["s1", "s4"]],
    [{ n: is("BETWEEN", N(2), N(3)) }, ["s2", "s3"]],
    [{ last: is("NULL") }, ["s1", "s2", "s3"]],
    [{ last: is("NOT_NULL") }, ["s4"]],
    [{ tags: is("CONTAINS", S("t3")) }, ["s3"]],
    [{ tags: is("NOT_CONTAINS", S("t3")) }, ["s1", "s2", "s4"]],
    [{ tags: is("EQ", { SS: ["all", "t1"] }) }, ["s1"]],
    [{ n: is("GE", N(2)), last: is("NULL") }, ["s2", "s3"]],
  ] as const)("filters a query and a scan by %j", async (filter, expected) => {
    const queried = await query({ KeyConditions: partition, QueryFilter: filter });
    expect(sortKeys(queried.Items)).toEqual(expected);
    const scanned = await client.send(new ScanCommand({ TableName: sorted, ScanFilter: filter }));
    expect([sortKeys(scanned.Items), scanned.ScannedCount]).toEqual([expected, rows.length]);
  });

  it("joins filters with OR", async () => {
    const ScanFilter = { n: is("EQ", N(1)), last: is("NOT_NULL") };
    const { Items } = await client.send(
      new ScanCommand({ TableName: sorted, ScanFilter, ConditionalOperator: "OR", AttributesToGet: ["sk"] }),
    );
    expect(Items).toEqual([{ sk: S("s1") }, { sk: S("s4") }]);
  });

  it("queries by KeyConditions beside a filter and a projection in expressions", async () => {
    const { Items, ScannedCount } = await query({
      KeyConditions: { ...partition, sk: is("GT", S("s1")) },
      FilterExpression: "#n0 < :v1",
      ProjectionExpression: "sk",
      ExpressionAttributeNames: { "#n0": "n" },
      ExpressionAttributeValues: { ":v1": N(4) },
    });
    expect([Items, ScannedCount]).toEqual([[{ sk: S("s2") }, { sk: S("s3") }], 3]);
  });

  it("answers the attributes that are asked for, in every operation that reads", async () => {
    const Key = { pk: S("p"), sk: S("s4") };
    const AttributesToGet = ["n", "absent"];
    const { Item } = await client.send(new GetItemCommand({ TableName: sorted, Key, AttributesToGet }));
    expect(Item).toEqual({ n: N(4) });
    const batch = new BatchGetItemCommand({ RequestItems: { [sorted]: { Keys: [Key], AttributesToGet } } });
    expect((await client.send(batch)).Responses?.[sorted]).toEqual([{ n: N(4) }]);
    const { Items } = await query({ KeyConditions: { ...partition, sk: is("EQ", S("s4")) }, AttributesToGet });
    expect(Items).toEqual([{ n: N(4) }]);
  });

  it.each([
    [{ KeyConditions: {} }, validation("Conditions can be of length 1 or 2 only")],
    [
      { KeyConditions: { pk: is("NE", S("p")) } },
      validation("Attempted conditional constraint is not an indexable operation"),
    ],
    [
      { KeyConditions: { ...partition, sk: is("NOT_NULL") } },
      validation("Attempted conditional constraint is not an indexable operation"),
    ],
    [
      { KeyConditions: { pk: is("NE", S("p")) }, ExclusiveStartKey: { pk: S("p") } },
      validation("The provided starting key is invalid"),
    ],
    [{ KeyConditions: { sk: is("NULL") } }, validation("Query condition missed key schema element: pk")],
    [{ KeyConditions: { pk: is("GT", S("p")) } }, validation("Query key condition not supported")],
    [{ KeyConditions: { n: is("EQ", N(1)) } }, validation("Query condition missed key schema element: pk")],
    [
      { KeyConditions: { ...partition, sk: is("BETWEEN", S("b"), S("a")) } },
      validation("The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"),
    ],
    [
      { KeyConditions: partition, QueryFilter: { sk: is("EQ", S("a")) } },
      validation("QueryFilter can only contain non-primary key attributes: Primary key attribute: sk"),
    ],
    [{ KeyConditions: partition, AttributesToGet: ["a", "a"] }, invalid("Duplicate value in attribute name: a")],
    [
      { KeyConditions: partition, AttributesToGet: ["a"], Select: "COUNT" },
      validation("1 validation error detected: Cannot specify the AttributesToGet when choosing to get only the Count"),
    ],
    [
      { KeyConditions: partition, FilterExpression: "a = b", QueryFilter: { n: is("EQ", N(1)) } },
      validation(
        "Can not use both expression and non-expression parameters in the same request: " +
          "Non-expression parameters: {QueryFilter} Expression parameters: {FilterExpression}",
      ),
    ],
    [
      { KeyConditions: partition, KeyConditionExpression: "pk = sk" },
      validation(
        "Can not use both expression and non-expression parameters in the same request: " +
          "Non-expression parameters: {KeyConditions} Expression parameters: {KeyConditionExpression}",
      ),
    ],
  ] as const)("refuses %j", async (input, message) => {
    expect(await refusal(query(input as Omit<QueryCommandInput, "TableName">))).toBe(message);
  });
});
