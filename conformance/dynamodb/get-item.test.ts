import { useItemTable } from "./item-support.ts";
import {
  attributes,
  createSorted,
  createTable,
  EMPTY_KEY,
  globalIndex,
  invalid,
  refusal,
  useDynamoDb,
  validation,
  type Item,
} from "./support.ts";

const { client } = useDynamoDb();
const { table, freshKey, put, get } = useItemTable(client);

describe("GetItem", () => {
  it.each<[string, Item, string]>([
    ["no key", {}, validation("The provided key element does not match the schema")],
    [
      "more than the key",
      { pk: { S: "a" }, b: { S: "b" } },
      validation("The provided key element does not match the schema"),
    ],
    ["a key of another type", { pk: { N: "1" } }, validation("The provided key element does not match the schema")],
    ["an empty key", { pk: { S: "" } }, validation(EMPTY_KEY)],
    [
      "a key that is too long",
      { pk: { S: "x".repeat(2049) } },
      invalid("Size of hashkey has exceeded the maximum size limit of2048 bytes"),
    ],
  ])("refuses %s", async (_what, Key, message) => {
    expect(await refusal(get({ Key }))).toBe(message);
  });

  it("answers nothing for a key that is not there", async () => {
    expect((await get({ Key: freshKey() })).Item).toBeUndefined();
  });

  it("projects paths into documents", async () => {
    const Key = freshKey();
    await put({ Item: { ...Key, a: { M: { b: { L: [{ N: "1" }, { N: "2" }] }, c: { S: "no" } } }, d: { S: "no" } } });
    const { Item } = await get({
      Key,
      ProjectionExpression: "#a.b[1], absent",
      ExpressionAttributeNames: { "#a": "a" },
    });
    expect(Item).toEqual({ a: { M: { b: { L: [{ N: "2" }] } } } });
  });

  it("finds a number however it is written", async () => {
    const TableName = await createTable(client, { AttributeDefinitions: attributes({ pk: "N" }) });
    await put({ TableName, Item: { pk: { N: "10" }, a: { S: "ten" } } });
    expect((await get({ TableName, Key: { pk: { N: "1.00e1" } } })).Item?.["a"]).toEqual({ S: "ten" });
  });

  it("tells keys apart whose parts only join to the same bytes", async () => {
    const TableName = await createSorted(client);
    await put({ TableName, Item: { pk: { S: "a" }, sk: { S: "b\u0000c" } } });
    await put({ TableName, Item: { pk: { S: "a" }, sk: { S: "b" }, only: { BOOL: true } } });
    expect((await get({ TableName, Key: { pk: { S: "a" }, sk: { S: "b" } } })).Item?.["only"]).toEqual({ BOOL: true });
    expect((await get({ TableName, Key: { pk: { S: "a\u0000b" }, sk: { S: "c" } } })).Item).toBeUndefined();
  });

  it("keeps keys of the greatest length, whatever bytes they are of", async () => {
    const TableName = await createSorted(
      client,
      {
        AttributeDefinitions: attributes({ pk: "B", sk: "B", g: "B" }),
        GlobalSecondaryIndexes: [globalIndex("index", "g", "sk")],
      },
      "B",
    );
    const Key = { pk: { B: new Uint8Array(2048) }, sk: { B: new Uint8Array(1024) } };
    await put({ TableName, Item: { ...Key, g: { B: new Uint8Array(2048) } } });
    expect((await get({ TableName, Key })).Item?.["g"]?.B).toHaveLength(2048);
  });

  it("counts reads in half units of 4 KB, and what is not there as one", async () => {
    const Key = freshKey();
    const read = async (ConsistentRead: boolean) =>
      (await get({ Key, ConsistentRead, ReturnConsumedCapacity: "INDEXES" })).ConsumedCapacity;
    expect(await read(false)).toEqual({ TableName: table, CapacityUnits: 0.5, Table: { CapacityUnits: 0.5 } });
    await put({ Item: { ...Key, a: { S: "x".repeat(4096) } } });
    expect((await read(false))?.CapacityUnits).toBe(1);
    expect((await read(true))?.CapacityUnits).toBe(2);
  });
});
