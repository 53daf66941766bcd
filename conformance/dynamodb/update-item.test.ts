import { type UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { useItemTable } from "./item-support.ts";
import {
  attributes,
  createSorted,
  createTable,
  globalIndex,
  INDEXED,
  invalid,
  keys,
  N,
  refusal,
  useDynamoDb,
  validation,
  type Item,
} from "./support.ts";

const { client } = useDynamoDb();
const { freshKey, put, get, update, remove } = useItemTable(client);

describe("UpdateItem", () => {
  describe("validation", () => {
    it("refuses to change the key", async () => {
      const call = update({
        Key: freshKey(),
        UpdateExpression: "SET pk = :v",
        ExpressionAttributeValues: { ":v": N("1") },
      });
      expect(await refusal(call)).toBe(invalid("Cannot update attribute pk. This attribute is part of the key"));
    });

    it.each<[string, () => Promise<unknown>, string]>([
      ["a projection", () => get({ Key: freshKey(), ProjectionExpression: "pk.a" }), "Key: pk"],
      [
        "the condition of a put",
        () => put({ Item: freshKey(), ConditionExpression: "attribute_not_exists(pk[0])" }),
        "Key: pk",
      ],
      [
        "the condition of a delete",
        () => remove({ Key: freshKey(), ConditionExpression: "attribute_not_exists(pk.a)" }),
        "Key: pk",
      ],
      ["an operand of an update", () => update({ Key: freshKey(), UpdateExpression: "SET a = pk.b" }), "Key: pk"],
      ["an update of an index key", () => update({ Key: freshKey(), UpdateExpression: "REMOVE g.a" }), "IndexKey: g"],
      [
        "an operand within a function",
        () => update({ Key: freshKey(), UpdateExpression: "SET a = if_not_exists(g[1], b)" }),
        "IndexKey: g",
      ],
    ])("refuses a part of a key in %s", async (_where, call, key) => {
      expect(await refusal(call())).toBe(
        validation(
          `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${key}`,
        ),
      );
    });

    it("refuses an update that makes the item too large", async () => {
      const Key = freshKey();
      await put({ Item: { ...Key, a: { S: "x".repeat(300_000) } } });
      const call = update({ Key, UpdateExpression: "SET b = a" });
      expect(await refusal(call)).toBe(validation("Item size to update has exceeded the maximum allowed size"));
      expect((await get({ Key })).Item?.["b"]).toBeUndefined();
    });

    it("counts the parts of its expression against the 400 KB, whatever becomes of them", async () => {
      const Key = freshKey();
      const set = (length: number, UpdateExpression: string) =>
        update({ Key, UpdateExpression, ExpressionAttributeValues: { ":v": { S: "x".repeat(length) } } });
      const tooLarge = validation("Item size to update has exceeded the maximum allowed size");
      const most = 409_600 - (3 + 19 + 1);
      expect(await refusal(set(most + 1, "SET a = :v"))).toBe(tooLarge);
      await set(most, "SET a = :v");
      // the item stays as it is: `a` is there
      const unread = most - (39 + 1 + 14 + 1);
      expect(await refusal(set(unread + 1, "SET a = if_not_exists(a, :v)"))).toBe(tooLarge);
      await set(unread, "SET a = if_not_exists(a, :v)");
      expect((await get({ Key })).Item?.["a"]?.S).toHaveLength(most);
    });

    it("refuses what an index could not keep", async () => {
      const TableName = await createTable(client, INDEXED);
      const set = (value: Item[string]) =>
        refusal(
          update({
            TableName,
            Key: freshKey(),
            UpdateExpression: "SET g = :v",
            ExpressionAttributeValues: { ":v": value },
          }),
        );
      expect(await set({ N: "1" })).toBe(
        invalid("Type mismatch for Index Key g Expected: S Actual: N IndexName: index"),
      );
      const call = update({
        TableName,
        Key: freshKey(),
        UpdateExpression: "SET a = g.b ADD g :v",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: { ":v": { N: "1" } },
      });
      expect(await refusal(call)).toBe(invalid("Type mismatch for Index Key g Expected: S Actual: N IndexName: index"));
      expect(await set({ S: "" })).toBe(
        validation(
          "One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. " +
            "The AttributeValue for a key attribute cannot contain an empty string value.",
        ),
      );
      expect(await refusal(put({ TableName, Item: { ...freshKey(), g: { S: "" } } }))).toBe(
        validation(
          "One or more parameter values are not valid. A value specified for a secondary index key is not supported. " +
            "The AttributeValue for a key attribute cannot contain an empty string value. IndexName: index, IndexKey: g",
        ),
      );
    });
  });

  describe("behaviour", () => {
    it("takes nothing from an index key that is not there", async () => {
      const TableName = await createTable(client, INDEXED);
      const Key = freshKey();
      await put({ TableName, Item: Key });
      const ExpressionAttributeValues = { ":v": { SS: ["a"] } };
      await update({ TableName, Key, UpdateExpression: "DELETE g :v", ExpressionAttributeValues });
      expect((await get({ TableName, Key })).Item).toEqual(Key);
    });

    it("makes an item of the key alone when there is none and nothing to set", async () => {
      const Key = freshKey();
      await update({ Key });
      expect((await get({ Key })).Item).toEqual(Key);
    });

    it("makes no item of an update that only takes away", async () => {
      const Key = freshKey();
      const set = { ExpressionAttributeValues: { ":v": { SS: ["x"] } } };
      const answer = await update({ Key, UpdateExpression: "REMOVE a DELETE b :v", ...set, ReturnValues: "ALL_NEW" });
      expect(answer.Attributes).toBeUndefined();
      expect((await get({ Key })).Item).toBeUndefined();
      await update({ Key, UpdateExpression: "REMOVE a ADD b :v", ...set });
      expect((await get({ Key })).Item).toEqual({ ...Key, b: { SS: ["x"] } });
    });

    it("takes away parts of what is not there only where the whole item is not there", async () => {
      const Key = freshKey();
      await update({ Key, UpdateExpression: "REMOVE a.b, l[0]" });
      expect((await get({ Key })).Item).toBeUndefined();
      await put({ Item: Key });
      expect(await refusal(update({ Key, UpdateExpression: "REMOVE a.b" }))).toBe(
        validation("The document path provided in the update expression is invalid for update"),
      );
      const set = { UpdateExpression: "SET a.b = :v", ExpressionAttributeValues: { ":v": N("1") } };
      expect(await refusal(update({ Key: freshKey(), ...set }))).toBe(
        validation("The document path provided in the update expression is invalid for update"),
      );
    });

    it("counts in one place from many requests", async () => {
      const Key = freshKey();
      const add = () =>
        update({
          Key,
          UpdateExpression: "ADD hits :one",
          ExpressionAttributeValues: { ":one": N("1") },
          ReturnValues: "UPDATED_NEW",
        });
      const answers = await Promise.all(Array.from({ length: 20 }, add));
      const seen = answers.map(({ Attributes }) => Number(Attributes?.["hits"]?.N)).toSorted((a, b) => a - b);
      expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    });

    it("answers what ReturnValues asks for", async () => {
      const seed = { same: { S: "s" }, map: { M: { a: N("1"), b: N("2") } } };
      const change = async (ReturnValues: UpdateItemCommandInput["ReturnValues"]) => {
        const Key = freshKey();
        await put({ Item: { ...Key, ...seed } });
        const answer = await update({
          Key,
          UpdateExpression: "SET #map.a = :v, added = :v",
          ExpressionAttributeNames: { "#map": "map" },
          ExpressionAttributeValues: { ":v": N("9") },
          ReturnValues,
        });
        return { Key, attributes: answer.Attributes };
      };
      const after = { same: { S: "s" }, map: { M: { a: N("9"), b: N("2") } }, added: N("9") };
      expect((await change("NONE")).attributes).toBeUndefined();
      const old = await change("ALL_OLD");
      expect(old.attributes).toEqual({ ...old.Key, ...seed });
      const all = await change("ALL_NEW");
      expect(all.attributes).toEqual({ ...all.Key, ...after });
      expect((await change("UPDATED_OLD")).attributes).toEqual({ map: { M: { a: N("1") } } });
      expect((await change("UPDATED_NEW")).attributes).toEqual({ map: { M: { a: N("9") } }, added: N("9") });
    });

    it("leaves no item behind when the condition on a missing one fails", async () => {
      const Key = freshKey();
      const call = update({
        Key,
        UpdateExpression: "SET a = :a",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: { ":a": N("1") },
      });
      expect(await refusal(call)).toBe("ConditionalCheckFailedException: The conditional request failed");
      expect((await get({ Key })).Item).toBeUndefined();
    });
  });

  it("counts the indexes that a write changes, and names none that it does not", async () => {
    const TableName = await createSorted(client, {
      AttributeDefinitions: attributes({ pk: "S", sk: "S", g: "S", l: "S" }),
      GlobalSecondaryIndexes: [
        globalIndex("global", "g", undefined, { ProjectionType: "INCLUDE", NonKeyAttributes: ["in"] }),
      ],
      LocalSecondaryIndexes: [
        { IndexName: "local", KeySchema: keys("pk", "l"), Projection: { ProjectionType: "ALL" } },
      ],
    });
    const Key = { pk: { S: "a" }, sk: { S: "b" } };
    const wants = { TableName, ReturnConsumedCapacity: "INDEXES" } as const;
    const units = (total: number, global?: number, local?: number) => ({
      TableName,
      CapacityUnits: total,
      Table: { CapacityUnits: 1 },
      ...(global !== undefined && { GlobalSecondaryIndexes: { global: { CapacityUnits: global } } }),
      ...(local !== undefined && { LocalSecondaryIndexes: { local: { CapacityUnits: local } } }),
    });
    const Item = { ...Key, g: { S: "g" }, l: { S: "l" }, in: { S: "1" }, out: { S: "1" } };
    const set = async (name: string, value: string) =>
      (
        await update({
          ...wants,
          Key,
          UpdateExpression: "SET #n = :v",
          ExpressionAttributeNames: { "#n": name },
          ExpressionAttributeValues: { ":v": { S: value } },
        })
      ).ConsumedCapacity;
    expect((await put({ ...wants, Item: { ...Key, other: { S: "o" } } })).ConsumedCapacity).toEqual(units(1));
    expect((await put({ ...wants, Item })).ConsumedCapacity).toEqual(units(3, 1, 1));
    expect((await put({ ...wants, Item })).ConsumedCapacity).toEqual(units(1));
    expect(await set("out", "2")).toEqual(units(2, undefined, 1));
    expect(await set("in", "2")).toEqual(units(3, 1, 1));
    expect(await set("g", "moved")).toEqual(units(4, 2, 1));
    expect(await set("l", "moved")).toEqual(units(3, undefined, 2));
    expect((await remove({ ...wants, Key })).ConsumedCapacity).toEqual(units(3, 1, 1));
  });
});
