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

describe("names that every object has", () => {
  const NAMES = ["constructor", "__proto__", "toString"];
  /** As the SDK's client does not read them: `__proto__` is a name as well. */
  const call = async (operation: string, input: object): Promise<Record<string, Record<string, unknown>>> => {
    const response = await callRaw(target, "dynamodb", `DynamoDB_20120810.${operation}`, JSON.stringify(input));
    return (await response.json()) as Record<string, Record<string, unknown>>;
  };
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
