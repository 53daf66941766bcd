import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type DeleteItemCommandInput,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { callRaw } from "../raw-request.ts";
import {
  attributes,
  createSorted,
  createTable,
  globalIndex,
  invalid,
  keys,
  refusal,
  useDynamoDb,
  validation,
  type Item,
} from "./support.ts";

const { target, client } = useDynamoDb();
let table: string;
beforeAll(async () => {
  table = await createTable(client, {
    AttributeDefinitions: attributes({ pk: "S", g: "S" }),
    GlobalSecondaryIndexes: [globalIndex("index", "g")],
  });
});

let next = 0;
const freshKey = (): Item => ({ pk: { S: `item-${++next}` } });

type Without<T> = Omit<T, "TableName"> & { TableName?: string };
const put = (input: Without<PutItemCommandInput>) => client.send(new PutItemCommand({ TableName: table, ...input }));
const get = (input: Without<GetItemCommandInput>) => client.send(new GetItemCommand({ TableName: table, ...input }));
const update = (input: Without<UpdateItemCommandInput>) =>
  client.send(new UpdateItemCommand({ TableName: table, ...input }));
const remove = (input: Without<DeleteItemCommandInput>) =>
  client.send(new DeleteItemCommand({ TableName: table, ...input }));

const EMPTY_KEY =
  "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk";

/** A request as no SDK makes it. */
async function raw(operation: string, body: string): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await callRaw(target, "dynamodb", `DynamoDB_20120810.${operation}`, body, {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-date": "20260101T000000Z",
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

describe("PutItem", () => {
  describe("serialization", () => {
    it.each([
      ["text that is no JSON", "{", undefined],
      ["a number for a string", '{"TableName":1}', "NUMBER_VALUE cannot be converted to String"],
      ["a list for an item", '{"TableName":"table","Item":[]}', undefined],
      [
        "a number for a number, which is text",
        '{"TableName":"table","Item":{"pk":{"N":1}}}',
        "NUMBER_VALUE cannot be converted to String",
      ],
      [
        "binary that is no base64",
        '{"TableName":"table","Item":{"pk":{"B":"abc"}}}',
        "Base64 encoded length is expected a multiple of 4 bytes but found: 3",
      ],
    ])("refuses %s", async (_what, body, message) => {
      const { status, answer } = await raw("PutItem", body);
      expect(status).toBe(400);
      expect(answer["__type"]).toContain("SerializationException");
      if (message !== undefined) expect(answer["Message"] ?? answer["message"]).toBe(message);
    });

    it("answers as JSON 1.0", async () => {
      const response = await callRaw(target, "dynamodb", "DynamoDB_20120810.Nothing", "{}");
      expect(response.headers.get("content-type")).toContain("application/x-amz-json-1.0");
    });
  });

  describe("validation", () => {
    it("wants a table name and an item", async () => {
      const { answer } = await raw("PutItem", "{}");
      expect(answer["message"] ?? answer["Message"]).toBe(
        "2 validation errors detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null; " +
          "Value null at 'item' failed to satisfy constraint: Member must not be null",
      );
    });

    it.each<[string, Partial<PutItemCommandInput>, string]>([
      ["an item without its key", { Item: { a: { S: "b" } } }, invalid("Missing the key pk in the item")],
      [
        "a key of the wrong type",
        { Item: { pk: { N: "1" } } },
        invalid("Type mismatch for key pk expected: S actual: N"),
      ],
      ["an empty key", { Item: { pk: { S: "" } } }, validation(EMPTY_KEY)],
      [
        "a key of more than 2048 bytes",
        { Item: { pk: { S: "é".repeat(1025) } } },
        invalid("Size of hashkey has exceeded the maximum size limit of2048 bytes"),
      ],
      [
        "a value of no type",
        { Item: { pk: { S: "a" }, b: {} as never } },
        validation("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
      ],
      ["an empty set", { Item: { pk: { S: "a" }, b: { SS: [] } } }, invalid("An string set  may not be empty")],
      [
        "an item of more than 400 KB",
        { Item: { pk: { S: "a" }, b: { S: "x".repeat(400 * 1024 - 3) } } },
        validation("Item size has exceeded the maximum allowed size"),
      ],
      [
        "ReturnValues of an update",
        { Item: { pk: { S: "a" } }, ReturnValues: "ALL_NEW" },
        validation("ReturnValues can only be ALL_OLD or NONE"),
      ],
      [
        "names without an expression",
        { Item: { pk: { S: "a" } }, ExpressionAttributeNames: { "#a": "a" } },
        validation("ExpressionAttributeNames can only be specified when using expressions"),
      ],
      [
        "values without an expression",
        { Item: { pk: { S: "a" } }, ExpressionAttributeValues: { ":a": { S: "a" } } },
        validation(
          "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null",
        ),
      ],
      [
        "values that no expression uses",
        {
          Item: { pk: { S: "a" } },
          ConditionExpression: "attribute_exists(pk)",
          ExpressionAttributeValues: { ":a": { S: "a" } },
        },
        validation("Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}"),
      ],
      [
        "expressions beside what was there before them",
        { Item: { pk: { S: "a" } }, ConditionExpression: "attribute_exists(pk)", Expected: { pk: { Exists: false } } },
        validation(
          "Can not use both expression and non-expression parameters in the same request: " +
            "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}",
        ),
      ],
    ])("refuses %s", async (_what, input, message) => {
      expect(await refusal(put({ Item: undefined, ...input }))).toBe(message);
    });

    it("says of a table that is not there only that it is not", async () => {
      expect(await refusal(put({ TableName: "absent", Item: freshKey() }))).toBe(
        "ResourceNotFoundException: Requested resource not found",
      );
    });

    it("says what is wrong with a table's name", async () => {
      expect(await refusal(put({ TableName: "no!", Item: freshKey() }))).toBe(
        validation(
          "1 validation error detected: Value 'no!' at 'tableName' failed to satisfy constraint: " +
            "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
        ),
      );
    });
  });

  describe("behaviour", () => {
    it("keeps every type of value, numbers in their normal form", async () => {
      const Item: Item = {
        ...freshKey(),
        n: { N: "-001.50" },
        exponent: { N: "1E3" },
        b: { B: new Uint8Array([0, 255]) },
        t: { BOOL: true },
        nothing: { NULL: true },
        ss: { SS: ["b", "a"] },
        ns: { NS: ["2", "1.0"] },
        bs: { BS: [new Uint8Array([1])] },
        list: { L: [{ S: "" }, { L: [] }, { M: { " ": { N: "0" } } }] },
      };
      await put({ Item });
      const stored = (await get({ Key: { pk: Item["pk"]! } })).Item;
      expect(stored).toEqual({
        ...Item,
        n: { N: "-1.5" },
        exponent: { N: "1000" },
        ns: { NS: expect.arrayContaining(["2", "1"]) },
      });
    });

    it("takes no attribute without a name, wherever it is", async () => {
      expect(await refusal(put({ Item: { pk: { S: "0" }, "": { S: "a" } } }))).toBe(validation("Empty attribute name"));
      const inner = { L: [{ M: { "": { S: "a" } } }] };
      expect(await refusal(put({ Item: { pk: { S: "0" }, a: inner } }))).toBe(validation("Empty attribute name"));
    });

    it("keeps an attribute named __proto__ like any other", async () => {
      const item = '{"pk":{"S":"proto"},"__proto__":{"M":{"__proto__":{"S":"inner"}}}}';
      expect((await raw("PutItem", `{"TableName":"${table}","Item":${item}}`)).status).toBe(200);
      const { answer } = await raw("GetItem", `{"TableName":"${table}","Key":{"pk":{"S":"proto"}}}`);
      expect(JSON.stringify(answer)).toBe(`{"Item":${item}}`);
    });

    it("takes an item of exactly 400 KB", async () => {
      const Key = { pk: { S: "0" } };
      await put({ Item: { ...Key, b: { S: "x".repeat(400 * 1024 - 4) } } });
      expect((await get({ Key })).Item?.["b"]?.S).toHaveLength(400 * 1024 - 4);
    });

    it("replaces the whole item and answers the old one when asked", async () => {
      const Key = freshKey();
      expect((await put({ Item: { ...Key, a: { S: "1" } }, ReturnValues: "ALL_OLD" })).Attributes).toBeUndefined();
      const { Attributes } = await put({ Item: { ...Key, b: { S: "2" } }, ReturnValues: "ALL_OLD" });
      expect(Attributes).toEqual({ ...Key, a: { S: "1" } });
      expect((await get({ Key })).Item).toEqual({ ...Key, b: { S: "2" } });
    });

    it("changes nothing when its condition fails, and answers the item when asked", async () => {
      const Key = freshKey();
      await put({ Item: { ...Key, a: { S: "1" } } });
      const conditional = (ReturnValuesOnConditionCheckFailure?: "ALL_OLD") =>
        put({ Item: Key, ConditionExpression: "attribute_not_exists(pk)", ReturnValuesOnConditionCheckFailure });
      const plain = await conditional().catch((error: unknown) => error as ConditionalCheckFailedException);
      expect(plain).toBeInstanceOf(ConditionalCheckFailedException);
      expect(plain).toMatchObject({ message: "The conditional request failed", Item: undefined });
      const withItem = await conditional("ALL_OLD").catch((error: unknown) => error);
      expect((withItem as ConditionalCheckFailedException).Item).toEqual({ ...Key, a: { S: "1" } });
      expect((await get({ Key })).Item).toEqual({ ...Key, a: { S: "1" } });
    });

    it("lets one of many win that all want to be first", async () => {
      const Key = freshKey();
      const attempts = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) =>
          put({ Item: { ...Key, winner: { N: `${i}` } }, ConditionExpression: "attribute_not_exists(pk)" }),
        ),
      );
      const winners = attempts.flatMap(({ status }, i) => (status === "fulfilled" ? [String(i)] : []));
      expect(winners).toHaveLength(1);
      expect((await get({ Key })).Item?.["winner"]?.N).toBe(winners[0]);
    });

    it("takes the table's ARN for its name", async () => {
      const Key = freshKey();
      const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`;
      await put({ TableName: arn, Item: Key });
      expect((await get({ TableName: arn, Key })).Item).toEqual(Key);
    });

    it("keeps what one region and account hold from the others", async () => {
      const Key = freshKey();
      await put({ Item: Key });
      const other = await openOther("eu-west-1");
      expect(await refusal(other.send(new GetItemCommand({ TableName: table, Key })))).toContain(
        "ResourceNotFoundException",
      );
      other.destroy();
    });

    const openOther = async (region: string) => {
      const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
      return new DynamoDBClient({ ...target.clientConfig(), region, maxAttempts: 1 });
    };
  });
});

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
});

describe("UpdateItem", () => {
  const N = (number: string) => ({ N: number });

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

    it("refuses what an index could not keep", async () => {
      const TableName = await createTable(client, {
        AttributeDefinitions: attributes({ pk: "S", g: "S" }),
        GlobalSecondaryIndexes: [globalIndex("index", "g")],
      });
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
});

describe("DeleteItem", () => {
  it("deletes once, answers the old item when asked, and takes it quietly the second time", async () => {
    const Key = freshKey();
    await put({ Item: { ...Key, a: { S: "1" } } });
    expect((await remove({ Key, ReturnValues: "ALL_OLD" })).Attributes).toEqual({ ...Key, a: { S: "1" } });
    expect((await get({ Key })).Item).toBeUndefined();
    expect((await remove({ Key, ReturnValues: "ALL_OLD" })).Attributes).toBeUndefined();
  });

  it("deletes only what fits its condition", async () => {
    const Key = freshKey();
    await put({ Item: { ...Key, a: { N: "1" } } });
    const when = (value: string) =>
      remove({ Key, ConditionExpression: "a > :v", ExpressionAttributeValues: { ":v": { N: value } } });
    expect(await refusal(when("1"))).toBe("ConditionalCheckFailedException: The conditional request failed");
    await when("0.5");
    expect((await get({ Key })).Item).toBeUndefined();
  });
});

describe("ConsumedCapacity", () => {
  it("counts writes by the larger of the old and the new item, in KB", async () => {
    const Key = freshKey();
    const write = async (bytes: number) => {
      const Item = { ...Key, a: { S: "x".repeat(bytes) } };
      return (await put({ Item, ReturnConsumedCapacity: "TOTAL" })).ConsumedCapacity;
    };
    expect(await write(10)).toEqual({ TableName: table, CapacityUnits: 1 });
    expect((await write(1024))?.CapacityUnits).toBe(2);
    expect((await write(10))?.CapacityUnits).toBe(2);
    expect((await remove({ Key, ReturnConsumedCapacity: "TOTAL" })).ConsumedCapacity?.CapacityUnits).toBe(1);
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

  it("sums a batch by table", async () => {
    const answer = await client.send(
      new BatchWriteItemCommand({
        RequestItems: { [table]: [{ PutRequest: { Item: freshKey() } }, { DeleteRequest: { Key: freshKey() } }] },
        ReturnConsumedCapacity: "TOTAL",
      }),
    );
    expect(answer.ConsumedCapacity).toEqual([{ TableName: table, CapacityUnits: 2 }]);
  });
});

describe("ItemCollectionMetrics", () => {
  it("are of tables with local indexes only", async () => {
    const TableName = await createSorted(client, {
      AttributeDefinitions: attributes({ pk: "S", sk: "S", l: "S" }),
      LocalSecondaryIndexes: [
        { IndexName: "local", KeySchema: keys("pk", "l"), Projection: { ProjectionType: "ALL" } },
      ],
    });
    const Item = { pk: { S: "a" }, sk: { S: "b" } };
    const wanted = { ReturnItemCollectionMetrics: "SIZE" } as const;
    const metrics = { ItemCollectionKey: { pk: { S: "a" } }, SizeEstimateRangeGB: [0, 1] };
    for (const one of [
      await put({ TableName, Item, ...wanted }),
      await update({ TableName, Key: Item, ...wanted }),
      await remove({ TableName, Key: Item, ...wanted }),
    ]) {
      expect(one.ItemCollectionMetrics).toEqual(metrics);
    }
    const batch = new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item } }] }, ...wanted });
    expect((await client.send(batch)).ItemCollectionMetrics).toEqual({ [TableName]: [metrics] });
    const transaction = new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName, Item } },
        {
          ConditionCheck: {
            TableName,
            Key: { ...Item, sk: { S: "c" } },
            ConditionExpression: "attribute_not_exists(pk)",
          },
        },
      ],
      ...wanted,
    });
    expect((await client.send(transaction)).ItemCollectionMetrics).toEqual({ [TableName]: [metrics] });
    expect(
      (await put({ Item: freshKey(), ReturnItemCollectionMetrics: "SIZE" })).ItemCollectionMetrics,
    ).toBeUndefined();
  });
});
