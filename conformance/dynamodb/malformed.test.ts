import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { callRaw } from "../raw-request.ts";
import { attributes, createSorted, globalIndex, keys, putAll, useDynamoDb } from "./support.ts";

const { target, client } = useDynamoDb();
let table: string;
beforeAll(async () => {
  table = await createSorted(client, {
    AttributeDefinitions: attributes({ pk: "S", sk: "S", g: "S" }),
    GlobalSecondaryIndexes: [globalIndex("index", "g", undefined, { ProjectionType: "KEYS_ONLY" })],
    LocalSecondaryIndexes: [
      { IndexName: "local", KeySchema: keys("pk", "g"), Projection: { ProjectionType: "KEYS_ONLY" } },
    ],
  });
});

const key = { pk: { S: "a" }, sk: { S: "b" } };
const item = { ...key, g: { S: "g" }, doc: { M: { parts: { L: [{ N: "1" }, { SS: ["x"] }] } } } };
const of = { ":a": { S: "a" } };

/** Requests that are right, each of which is then damaged somewhere. */
const requests = (): readonly [operation: string, input: object][] => [
  ["PutItem", { TableName: table, Item: item, ConditionExpression: "sk <> :a", ExpressionAttributeValues: of }],
  [
    "GetItem",
    { TableName: table, Key: key, ProjectionExpression: "#d.parts[1]", ExpressionAttributeNames: { "#d": "doc" } },
  ],
  ["DeleteItem", { TableName: table, Key: { ...key, sk: { S: "gone" } }, ReturnValues: "ALL_OLD" }],
  [
    "UpdateItem",
    {
      TableName: table,
      Key: key,
      UpdateExpression: "SET #d.parts[0] = #d.parts[0] + :n REMOVE extra",
      ExpressionAttributeNames: { "#d": "doc" },
      ExpressionAttributeValues: { ":n": { N: "1" } },
    },
  ],
  [
    "Query",
    {
      TableName: table,
      IndexName: "local",
      KeyConditionExpression: "pk = :a AND begins_with(g, :a)",
      ExpressionAttributeValues: of,
      ExclusiveStartKey: { ...key, g: { S: "aa" } },
      Limit: 2,
      Select: "ALL_ATTRIBUTES",
    },
  ],
  [
    "Scan",
    {
      TableName: table,
      IndexName: "index",
      Segment: 1,
      TotalSegments: 3,
      FilterExpression: "contains(g, :a) OR size(g) IN (:a)",
      ExpressionAttributeValues: of,
    },
  ],
  ["BatchGetItem", { RequestItems: { [table]: { Keys: [key], ConsistentRead: true } } }],
  ["BatchWriteItem", { RequestItems: { [table]: [{ PutRequest: { Item: item } }] } }],
  ["TransactGetItems", { TransactItems: [{ Get: { TableName: table, Key: key } }] }],
  [
    "TransactWriteItems",
    {
      ClientRequestToken: "token",
      TransactItems: [
        { Put: { TableName: table, Item: item } },
        {
          ConditionCheck: {
            TableName: table,
            Key: { ...key, sk: { S: "c" } },
            ConditionExpression: "attribute_not_exists(pk)",
          },
        },
      ],
    },
  ],
  ["UpdateTable", { TableName: table, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "absent" } }] }],
  [
    "CreateTable",
    {
      TableName: table,
      AttributeDefinitions: attributes({ pk: "S", g: "S" }),
      KeySchema: keys("pk"),
      GlobalSecondaryIndexes: [globalIndex("index", "g")],
      BillingMode: "PAY_PER_REQUEST",
    },
  ],
  ["ListTagsOfResource", { ResourceArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${table}` }],
];

const JUNK: readonly unknown[] = [
  ...[null, 0, -1, 1.5, 1e300, true, "", "x", "\u0000", ":a", "#d", "(((", "a".repeat(5000), [], [[]], ["a"], {}],
  ...[{ S: "" }, { S: "a", N: "1" }, { N: "9".repeat(60) }, { N: "1e999" }, { B: "%" }, { NULL: false }, { SS: [] }],
  ...[{ L: [{ L: [{}] }] }, { M: { "": { S: "x" } } }, { PutRequest: {}, DeleteRequest: {} }],
];

/** `value` with the part that `path` leads to replaced, or taken away where `junk` is undefined. */
function damaged(value: unknown, path: readonly number[], junk: unknown): unknown {
  const [at, ...rest] = path;
  if (at === undefined || typeof value !== "object" || value === null) return junk;
  const names = Object.keys(value);
  const name = names[at % names.length];
  if (name === undefined) return junk;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
  const part = damaged(copy[name], rest, junk);
  if (part === undefined && !Array.isArray(copy)) delete copy[name];
  else copy[name] = part;
  return copy;
}

async function send(operation: string, input: unknown): Promise<number> {
  const body = JSON.stringify(input) ?? "";
  const response = await callRaw(target, "dynamodb", `DynamoDB_20120810.${operation}`, body);
  await response.arrayBuffer();
  return response.status;
}

describe("a damaged request", () => {
  it("is refused as the client's fault, or is one that is right; never the server's", async () => {
    const damage = fc.record({
      request: fc.nat(),
      path: fc.array(fc.nat(20), { maxLength: 6 }),
      junk: fc.constantFrom(undefined, ...JUNK),
    });
    const property = fc.asyncProperty(fc.array(damage, { minLength: 20, maxLength: 20 }), async (damages) => {
      await putAll(client, table, [item]);
      for (const { request, path, junk } of damages) {
        const [operation, input] = requests()[request % requests().length] ?? ["", {}];
        const body = damaged(input, path, junk);
        const status = await send(operation, body);
        // 501 is what a parameter is refused with that is not there
        if (status >= 500 && status !== 501) throw new Error(`${status} for ${operation} ${JSON.stringify(body)}`);
      }
    });
    await fc.assert(property, { numRuns: 25, seed: 20_261 });
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key }));
    expect(Item).toBeDefined();
  }, 60_000);

  it("is not answered otherwise when it is not damaged", async () => {
    await putAll(client, table, [item]);
    const expected: Readonly<Record<string, number>> = { UpdateTable: 400, CreateTable: 400 };
    for (const [operation, input] of requests()) {
      expect([operation, await send(operation, input)]).toEqual([operation, expected[operation] ?? 200]);
    }
  });
});

/** As the SDK's client does not send it, or does not read it: `__proto__` is a name as well. */
async function call(operation: string, input: unknown): Promise<Record<string, Record<string, unknown>>> {
  const response = await callRaw(target, "dynamodb", `DynamoDB_20120810.${operation}`, JSON.stringify(input));
  return (await response.json()) as Record<string, Record<string, unknown>>;
}

const SERIALIZATION = "com.amazon.coral.service#SerializationException";
const VALIDATION = "com.amazon.coral.validate#ValidationException";

describe("a value of the wrong type", () => {
  const MISPLACED = "Start of structure or map found where not expected";
  const ofValue = (value: object) => ["PutItem", { TableName: "table", Item: { pk: value } }] as const;
  const NO_CLASS =
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class " +
    "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of loader 'bootstrap')";
  const collection = (name: string) => `Unrecognized collection type ${name}`;
  const dynamo = "com.amazonaws.dynamodb.v20120810";

  it.each<readonly [string, unknown, string]>([
    ["GetItem", { TableName: true }, "TRUE_VALUE cannot be converted to String"],
    ["GetItem", { TableName: 1.5 }, "DECIMAL_VALUE cannot be converted to String"],
    ["GetItem", { TableName: [] }, collection("class java.lang.String")],
    ["GetItem", { TableName: {} }, MISPLACED],
    ["GetItem", { ConsistentRead: "perhaps" }, "Unexpected token received from parser"],
    ["GetItem", { ConsistentRead: 1 }, "NUMBER_VALUE cannot be converted to Boolean"],
    ["GetItem", { Key: "a" }, "Unexpected field type"],
    ["GetItem", { Key: [] }, collection(`java.util.Map<java.lang.String, ${dynamo}.AttributeValue>`)],
    ["GetItem", { Key: { pk: "a" } }, "Unexpected value type in payload"],
    ["GetItem", { Key: { pk: [] } }, collection(`class ${dynamo}.AttributeValue`)],
    ["GetItem", { AttributesToGet: "a" }, "Unexpected field type"],
    ["GetItem", { AttributesToGet: {} }, MISPLACED],
    ["GetItem", { ExpressionAttributeNames: [] }, collection("java.util.Map<java.lang.String, java.lang.String>")],
    ["Query", { Limit: "1" }, "STRING_VALUE cannot be converted to Integer"],
    ["Query", { Limit: [] }, collection("class java.lang.Integer")],
    ["CreateTable", { ProvisionedThroughput: { ReadCapacityUnits: false } }, "FALSE_VALUE cannot be converted to Long"],
    ["CreateTable", { ProvisionedThroughput: 1 }, "Unexpected field type"],
    ["CreateTable", { ProvisionedThroughput: [] }, collection(`class ${dynamo}.ProvisionedThroughput`)],
    ["CreateTable", { KeySchema: ["pk"] }, "Unexpected value type in payload"],
    ["BatchGetItem", { RequestItems: { table: { Keys: ["a"] } } }, NO_CLASS],
    ["BatchWriteItem", { RequestItems: { table: "a" } }, NO_CLASS],
    [
      "BatchWriteItem",
      { RequestItems: [] },
      collection(`java.util.Map<java.lang.String, java.util.List<${dynamo}.WriteRequest>>`),
    ],
    [...ofValue({ N: 1 }), "NUMBER_VALUE cannot be converted to String"],
    [...ofValue({ B: true }), "only base-64-encoded strings are convertible to bytes"],
    [...ofValue({ B: [] }), collection("class java.nio.ByteBuffer")],
    [...ofValue({ B: "=+/=" }), "Invalid last non-pad Base64 character dectected"],
    [...ofValue({ SS: "a" }), "Unexpected field type"],
    [...ofValue({ M: { a: "b" } }), "Unexpected value type in payload"],
  ])("is a SerializationException in DynamoDB's words: %s %j", async (operation, input, message) => {
    expect(await call(operation, input)).toEqual({ __type: SERIALIZATION, Message: message });
  });

  it("is none where text says true or false, or a number has a fraction", async () => {
    const pk = { S: "text" };
    await call("PutItem", {
      TableName: table,
      Item: { pk, sk: pk, yes: { BOOL: "Yes" }, no: { BOOL: "0" }, nil: { NULL: "t" } },
    });
    const read = await call("GetItem", { TableName: table, Key: { pk, sk: pk }, ConsistentRead: "true" });
    expect(read["Item"]).toMatchObject({ yes: { BOOL: true }, no: { BOOL: false }, nil: { NULL: true } });
    const scanned = await call("Scan", { TableName: table, Limit: 1.9 });
    expect(scanned["ScannedCount"]).toBe(1);
  });
});

describe("a null", () => {
  const NULL_VALUE = "The supplied Item contains a null AttributeValue";
  const inItem = (value: unknown) => ({ TableName: table, Item: { ...key, k: value } });
  const keyed = { TableName: "table", Key: key };
  const set = { ...keyed, UpdateExpression: "SET a = :v" };

  it("in place of a member is as if the member were not there", async () => {
    expect(await call("GetItem", { TableName: table, Key: key, ProjectionExpression: null })).not.toHaveProperty(
      "__type",
    );
    expect(await call("PutItem", inItem({ S: "a", N: null }))).toEqual({});
  });

  it.each<readonly [string, () => unknown, string | (() => string)]>([
    ["PutItem", () => inItem(null), `${NULL_VALUE}: k is null`],
    ["PutItem", () => inItem({ M: { x: null } }), `${NULL_VALUE}: x is null`],
    ["PutItem", () => inItem({ L: [{ S: "x" }, null] }), NULL_VALUE],
    ["PutItem", () => inItem({ BS: [null] }), NULL_VALUE],
    [
      "PutItem",
      () => inItem({ SS: ["a", null] }),
      "1 validation error detected: One or more parameter values were invalid: An string set may not have a null string as a member",
    ],
    ["GetItem", () => ({ TableName: table, Key: { pk: null } }), `${NULL_VALUE}: pk is null`],
    [
      "UpdateItem",
      () => ({ ...set, ExpressionAttributeValues: { ":v": null } }),
      `ExpressionAttributeValues contains invalid value: ${NULL_VALUE} for key :v`,
    ],
    [
      "UpdateItem",
      () => ({ ...keyed, UpdateExpression: "REMOVE #a", ExpressionAttributeNames: { "#a": null } }),
      "1 validation error detected: ExpressionAttributeNames contains invalid value: null for key #a",
    ],
    [
      "UpdateItem",
      () => ({ ...keyed, AttributeUpdates: { a: null } }),
      "1 validation error detected: Supplied AttributeValueUpdate is empty, must contain one of the supported actions",
    ],
    [
      "PutItem",
      () => ({ ...inItem({ S: "a" }), Expected: { a: null } }),
      "1 validation error detected: One or more parameter values were invalid: ExpectedAttributeValue must not be null for Attribute: a",
    ],
    [
      "Query",
      () => ({ TableName: "table", KeyConditions: { pk: null } }),
      "The filter condition for an attribute cannot be null: pk",
    ],
    [
      "Scan",
      () => ({ TableName: "table", ScanFilter: { a: { ComparisonOperator: "EQ", AttributeValueList: [null] } } }),
      NULL_VALUE,
    ],
    [
      "BatchGetItem",
      () => ({ RequestItems: { [table]: { Keys: [null] } } }),
      () =>
        `The list of keys in RequestItems for BatchGetItem may not contain null or empty values: ${table} has one or more empty keys`,
    ],
    [
      "BatchWriteItem",
      () => ({ RequestItems: { [table]: null } }),
      () => `The batch write request list for a table cannot be null or empty: ${table}`,
    ],
    ["ExecuteStatement", () => ({ Statement: "SELECT * FROM t WHERE pk = ?", Parameters: [null] }), NULL_VALUE],
  ])("where there has to be a value is said to be one: %s", async (operation, input, message) => {
    // made late: the table has its name by then
    const expected = typeof message === "string" ? message : message();
    expect(await call(operation, input())).toEqual({ __type: VALIDATION, message: expected });
  });
});

describe("names that every object has", () => {
  const NAMES = ["constructor", "__proto__", "toString"];
  const named = (name: string, value: unknown) => Object.fromEntries([[name, value]]);

  it.each(NAMES)("are names of tables like others: %s", async (TableName) => {
    await createSorted(client, {
      TableName,
      AttributeDefinitions: attributes({ pk: "S", sk: "S", l: "S" }),
      LocalSecondaryIndexes: [
        { IndexName: "local", KeySchema: keys("pk", "l"), Projection: { ProjectionType: "ALL" } },
      ],
    });
    const wanted = { ReturnItemCollectionMetrics: "SIZE" };
    const metrics = [[TableName, [{ ItemCollectionKey: { pk: key.pk }, SizeEstimateRangeGB: [0, 1] }]]];
    const put = { PutRequest: { Item: key } };
    const written = await call("BatchWriteItem", { RequestItems: named(TableName, [put]), ...wanted });
    expect(Object.entries(written["ItemCollectionMetrics"] ?? {})).toEqual(metrics);
    const read = await call("BatchGetItem", { RequestItems: named(TableName, { Keys: [key] }) });
    expect(Object.entries(read["Responses"] ?? {})).toEqual([[TableName, [key]]]);
    const action = { Put: { TableName, Item: key } };
    const transacted = await call("TransactWriteItems", { TransactItems: [action], ...wanted });
    expect(Object.entries(transacted["ItemCollectionMetrics"] ?? {})).toEqual(metrics);
  });

  it.each(NAMES)("are names of keys and projected attributes like others: %s", async (name) => {
    const TableName = await createSorted(client, {
      AttributeDefinitions: [...attributes({ pk: "S" }), { AttributeName: name, AttributeType: "S" as const }],
      KeySchema: keys("pk", name),
      LocalSecondaryIndexes: [
        {
          IndexName: "local",
          KeySchema: keys("pk", name),
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["valueOf"] },
        },
      ],
    });
    const full = { pk: { S: "a" }, ...named(name, { S: "b" }) };
    await call("PutItem", { TableName, Item: full });
    const { Items } = await call("Scan", { TableName, IndexName: "local" });
    expect(JSON.stringify(Items)).toBe(JSON.stringify([full]));
    const ExclusiveStartKey = { pk: { S: "a" }, other: { S: "b" } };
    expect(await call("Scan", { TableName, IndexName: "local", ExclusiveStartKey })).toMatchObject({
      message: "The provided starting key is invalid",
    });
  });
});
