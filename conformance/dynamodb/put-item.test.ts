import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  TransactWriteItemsCommand,
  type PutItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { callRaw } from "../raw-request.ts";
import { useClient } from "../target.ts";
import { useItemTable } from "./item-support.ts";
import {
  attributes,
  createSorted,
  EMPTY_KEY,
  counted,
  invalid,
  keys,
  refusal,
  useDynamoDb,
  validation,
  type Item,
} from "./support.ts";

const { target, client } = useDynamoDb();
const elsewhere = useClient(new DynamoDBClient({ ...target.clientConfig(), region: "eu-west-1", maxAttempts: 1 }));
const { table, freshKey, put, get, update, remove } = useItemTable(client);

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
      [
        "an empty set",
        { Item: { pk: { S: "a" }, b: { SS: [] } } },
        counted("One or more parameter values were invalid: An string set  may not be empty"),
      ],
      [
        "an item of more than 400 KB",
        { Item: { pk: { S: "a" }, b: { S: "x".repeat(400 * 1024 - 3) } } },
        validation("Item size has exceeded the maximum allowed size"),
      ],
      [
        "ReturnValues of an update",
        { Item: { pk: { S: "a" } }, ReturnValues: "ALL_NEW" },
        counted("ReturnValues can only be ALL_OLD or NONE"),
      ],
      [
        "names without an expression",
        { Item: { pk: { S: "a" } }, ExpressionAttributeNames: { "#a": "a" } },
        counted("ExpressionAttributeNames can only be specified when using expressions"),
      ],
      [
        "values without an expression",
        { Item: { pk: { S: "a" } }, ExpressionAttributeValues: { ":a": { S: "a" } } },
        counted("ExpressionAttributeValues can only be specified when using expressions"),
      ],
      [
        "values that no expression uses",
        {
          Item: { pk: { S: "a" } },
          ConditionExpression: "attribute_exists(pk)",
          ExpressionAttributeValues: { ":a": { S: "a" } },
        },
        counted("Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}"),
      ],
      [
        "expressions beside what was there before them",
        { Item: { pk: { S: "a" } }, ConditionExpression: "attribute_exists(pk)", Expected: { pk: { Exists: false } } },
        counted(
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
    it("keeps every type of value, numbers in their normal form, sets in order", async () => {
      const Item: Item = {
        ...freshKey(),
        n: { N: "-001.50" },
        exponent: { N: "1E3" },
        b: { B: new Uint8Array([0, 255]) },
        t: { BOOL: true },
        nothing: { NULL: true },
        ss: { SS: ["é", "b", "B", "ab"] },
        ns: { NS: ["10", "9", "1.0", "-2"] },
        bs: { BS: [new Uint8Array([250]), new Uint8Array([1])] },
        list: { L: [{ S: "" }, { L: [] }, { M: { " ": { N: "0" } } }] },
      };
      await put({ Item });
      const stored = (await get({ Key: { pk: Item["pk"]! } })).Item;
      expect(stored).toEqual({
        ...Item,
        n: { N: "-1.5" },
        exponent: { N: "1000" },
        ss: { SS: ["B", "ab", "b", "é"] },
        ns: { NS: ["-2", "1", "9", "10"] },
        bs: { BS: [new Uint8Array([1]), new Uint8Array([250])] },
      });
    });

    it("takes no attribute without a name, wherever it is", async () => {
      expect(await refusal(put({ Item: { pk: { S: "0" }, "": { S: "a" } } }))).toBe(counted("Empty attribute name"));
      const inner = { L: [{ M: { "": { S: "a" } } }] };
      expect(await refusal(put({ Item: { pk: { S: "0" }, a: inner } }))).toBe(counted("Empty attribute name"));
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
      expect(await refusal(elsewhere.send(new GetItemCommand({ TableName: table, Key })))).toContain(
        "ResourceNotFoundException",
      );
    });
  });

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

  it("answers ItemCollectionMetrics of tables with local indexes only", async () => {
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
