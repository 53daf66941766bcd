import { BatchWriteItemCommand, ScanCommand, type BatchWriteItemCommandInput } from "@aws-sdk/client-dynamodb";
import {
  createTable,
  describeTable,
  INDEXED,
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
      const table = await createTable(client, INDEXED);
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
    expect((await describeTable(client, table))?.ItemCount).toBe(2);
  });

  it("sums the capacity of its requests by table", async () => {
    const table = await createTable(client);
    const answer = await client.send(
      new BatchWriteItemCommand({
        RequestItems: { [table]: [put(key("a")), remove(key("b"))] },
        ReturnConsumedCapacity: "TOTAL",
      }),
    );
    expect(answer.ConsumedCapacity).toEqual([{ TableName: table, CapacityUnits: 2 }]);
  });
});
