import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DescribeTableCommand,
  ScanCommand,
  type BatchGetItemCommandInput,
  type BatchWriteItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import {
  attributes,
  createSorted,
  createTable,
  globalIndex,
  invalid,
  putAll,
  refusal,
  useDynamoDb,
  validation,
  type Item,
} from "./support.ts";

const { client } = useDynamoDb();

const key = (name: string | number): Item => ({ pk: { S: String(name) } });
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const write = (RequestItems: BatchWriteItemCommandInput["RequestItems"]) =>
  client.send(new BatchWriteItemCommand({ RequestItems }));
const get = (
  RequestItems: BatchGetItemCommandInput["RequestItems"],
  more: Omit<BatchGetItemCommandInput, "RequestItems"> = {},
) => client.send(new BatchGetItemCommand({ RequestItems, ...more }));
const put = (Item: Item) => ({ PutRequest: { Item } });
const remove = (Key: Item) => ({ DeleteRequest: { Key } });
const count = async (TableName: string) => (await client.send(new ScanCommand({ TableName, Select: "COUNT" }))).Count;

describe("BatchWriteItem", () => {
  describe("validation", () => {
    it("takes 25 requests and no more", async () => {
      const [one, other] = [await createTable(client), await createTable(client)];
      await write({ [one]: times(13, (i) => put(key(i))), [other]: times(12, (i) => put(key(i))) });
      expect([await count(one), await count(other)]).toEqual([13, 12]);
      expect(await refusal(write({ [one]: times(26, (i) => put(key(i))) }))).toContain(
        "Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]",
      );
      expect(
        await refusal(write({ [one]: times(13, (i) => put(key(i))), [other]: times(13, (i) => put(key(i))) })),
      ).toBe(validation("Too many items requested for the BatchWriteItem call"));
    });

    it("wants a table", async () => {
      expect(await refusal(write({}))).toBe(validation("The requestItems parameter is required for BatchWriteItem"));
    });

    it("refuses one item twice", async () => {
      const table = await createTable(client);
      expect(await refusal(write({ [table]: [put(key("a")), remove(key("a"))] }))).toBe(
        validation("Provided list of item keys contains duplicates"),
      );
    });

    it("has the words of a lookup for keys of the wrong type, and of a put for those of indexes", async () => {
      const table = await createTable(client, {
        AttributeDefinitions: attributes({ pk: "S", g: "S" }),
        GlobalSecondaryIndexes: [globalIndex("index", "g")],
      });
      const mismatch = validation("The provided key element does not match the schema");
      expect(await refusal(write({ [table]: [put({ pk: { N: "1" } })] }))).toBe(mismatch);
      expect(await refusal(write({ [table]: [remove({ other: { S: "1" } })] }))).toBe(mismatch);
      expect(await refusal(write({ [table]: [put({ ...key("a"), g: { N: "1" } })] }))).toBe(
        invalid("Type mismatch for Index Key g Expected: S Actual: N IndexName: index"),
      );
    });

    it("writes nothing when one of its requests is wrong", async () => {
      const table = await createTable(client);
      expect(await refusal(write({ [table]: [put(key("a"))], absent: [put(key("a"))] }))).toBe(
        "ResourceNotFoundException: Requested resource not found",
      );
      expect(await refusal(write({ [table]: [put(key("a")), put({ pk: { S: "" } })] }))).toContain(
        "ValidationException",
      );
      expect(await count(table)).toBe(0);
    });
  });

  it("puts and deletes", async () => {
    const table = await createTable(client);
    await putAll(client, table, [key("old"), key("gone")]);
    const answer = await write({
      [table]: [put(key("new")), put({ ...key("old"), a: { N: "1" } }), remove(key("gone"))],
    });
    expect(answer.UnprocessedItems).toEqual({});
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
    expect(Items.toSorted((a, b) => (String(a["pk"]?.S) < String(b["pk"]?.S) ? -1 : 1))).toEqual([
      key("new"),
      { ...key("old"), a: { N: "1" } },
    ]);
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    expect(Table?.ItemCount).toBe(2);
  });
});

describe("BatchGetItem", () => {
  it("takes 100 keys over all tables and no more", async () => {
    const [one, other] = [await createTable(client), await createTable(client)];
    const keys = (from: number, to: number) => ({ Keys: times(to - from, (i) => key(i)) });
    await get({ [one]: keys(0, 50), [other]: keys(0, 50) });
    expect(await refusal(get({ [one]: keys(0, 51), [other]: keys(0, 50) }))).toBe(
      validation("Too many items requested for the BatchGetItem call"),
    );
  });

  it("wants a table, and keys for it", async () => {
    const table = await createTable(client);
    const violated = (member: string, constraint: string) =>
      validation(`1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`);
    const atLeastOne = "Member must have length greater than or equal to 1";
    expect(await refusal(get({}))).toBe(violated("RequestItems", atLeastOne));
    const keysOf = `RequestItems.${table}.member.Keys`;
    expect(await refusal(get({ [table]: { Keys: [] } }))).toBe(violated(keysOf, atLeastOne));
    expect(await refusal(get({ [table]: { Keys: times(101, (i) => key(i)) } }))).toBe(
      violated(keysOf, "Member must have length less than or equal to 100"),
    );
    expect(await refusal(get({ [table]: { Keys: [key("a")], ProjectionExpression: "pk.a" } }))).toBe(
      validation("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk"),
    );
  });

  it("refuses one key twice, and a table that is not there", async () => {
    const table = await createTable(client);
    expect(await refusal(get({ [table]: { Keys: [key("a"), key("a")] } }))).toBe(
      validation("Provided list of item keys contains duplicates"),
    );
    expect(await refusal(get({ absent: { Keys: [key("a")] } }))).toBe(
      "ResourceNotFoundException: Requested resource not found",
    );
  });

  it("answers what is there, projected, and counts what is not", async () => {
    const table = await createSorted(client, {}, "N");
    await putAll(
      client,
      table,
      times(3, (i) => ({ pk: { S: "a" }, sk: { N: `${i}` }, a: { S: `${i}` } })),
    );
    const answer = await get(
      {
        [table]: {
          Keys: times(5, (i) => ({ pk: { S: "a" }, sk: { N: `${i}` } })),
          ProjectionExpression: "#a",
          ExpressionAttributeNames: { "#a": "a" },
          ConsistentRead: true,
        },
      },
      { ReturnConsumedCapacity: "TOTAL" },
    );
    expect(answer.Responses?.[table]).toEqual(times(3, (i) => ({ a: { S: `${i}` } })));
    expect(answer.UnprocessedKeys).toEqual({});
    expect(answer.ConsumedCapacity).toEqual([{ TableName: table, CapacityUnits: 5 }]);
  });

  it("leaves keys beyond 16 MB unprocessed, to be asked for again as they are", async () => {
    const table = await createTable(client);
    const a = { S: "x".repeat(400_000) };
    await putAll(
      client,
      table,
      times(45, (i) => ({ ...key(i), a })),
    );
    const request = { Keys: times(45, key), ProjectionExpression: "pk", ConsistentRead: true };
    const first = await get({ [table]: request });
    expect(first.Responses?.[table]).toHaveLength(41);
    expect(first.UnprocessedKeys?.[table]).toEqual({ ...request, Keys: times(4, (i) => key(41 + i)) });
    const second = await get(first.UnprocessedKeys);
    expect(second.Responses?.[table]).toHaveLength(4);
  });
});
