import {
  GetItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  type TransactWriteItem,
  type TransactWriteItemsCommandInput,
} from "@aws-sdk/client-dynamodb";
import {
  cancellation,
  EMPTY_KEY,
  INDEXED,
  invalid,
  putAll,
  refusal,
  useDynamoDb,
  useTable,
  validation,
  type Item,
} from "./support.ts";

const { target, client } = useDynamoDb({ manualClock: true });
const table = useTable(client, INDEXED, target);

let next = 0;
const freshKey = (): Item => ({ pk: { S: `item-${++next}` } });
const write = (TransactItems: TransactWriteItem[], more: Partial<TransactWriteItemsCommandInput> = {}) =>
  client.send(new TransactWriteItemsCommand({ TransactItems, ...more }));
const get = async (Key: Item) => (await client.send(new GetItemCommand({ TableName: table, Key }))).Item;
const put = (Item: Item, more: object = {}): TransactWriteItem => ({ Put: { TableName: table, Item, ...more } });
const set = (Key: Item, value: Item[string], more: object = {}): TransactWriteItem => ({
  Update: {
    TableName: table,
    Key,
    UpdateExpression: "SET g = :v",
    ExpressionAttributeValues: { ":v": value },
    ...more,
  },
});
const check = (Key: Item, more: object = {}): TransactWriteItem => ({
  ConditionCheck: { TableName: table, Key, ConditionExpression: "attribute_exists(pk)", ...more },
});
const remove = (Key: Item): TransactWriteItem => ({ Delete: { TableName: table, Key } });

const MISMATCH = "The provided key element does not match the schema";

describe("TransactWriteItems", () => {
  describe("validation", () => {
    it("takes 1 to 100 actions, each of one kind", async () => {
      await write(Array.from({ length: 100 }, () => put(freshKey())));
      expect(await refusal(write(Array.from({ length: 101 }, () => put(freshKey()))))).toContain(
        "at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100",
      );
      expect(await refusal(write([]))).toBe(
        validation(
          "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: " +
            "Member must have length greater than or equal to 1",
        ),
      );
      expect(await refusal(write([{ ...put(freshKey()), ...remove(freshKey()) }]))).toBe(
        validation("TransactItems can only contain one of Check, Put, Update or Delete"),
      );
      expect(await refusal(write([{}]))).toBe(
        validation("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"),
      );
      expect(await refusal(write([put(freshKey()), { Put: { TableName: "a b", Item: freshKey() } }]))).toBe(
        validation(
          "1 validation error detected: Value 'a b' at 'transactItems.2.member.put.tableName' failed to satisfy constraint: " +
            "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
        ),
      );
    });

    it("refuses two actions on one item", async () => {
      const Key = freshKey();
      expect(await refusal(write([put(Key), check(Key)]))).toBe(
        validation("Transaction request cannot include multiple operations on one item"),
      );
    });

    it("refuses a request of more than 4 MB, and takes one that deletes as much", async () => {
      const a = { S: "x".repeat(350_000) };
      const large = Array.from({ length: 12 }, (): Item => ({ ...freshKey(), a }));
      expect(await refusal(write(large.map((item) => put(item))))).toMatch(
        /^ValidationException: Transaction payload size cannot exceed 4MB\. Payload Size: 42\d{5}$/,
      );
      const keys = large.map(({ pk }): Item => ({ pk: pk! }));
      expect(await refusal(write(keys.map((Key) => set(Key, a, { UpdateExpression: "SET a = :v" }))))).toContain(
        "Transaction payload size cannot exceed 4MB.",
      );
      await write(large.slice(6).map((item) => put(item)));
      await write(large.slice(0, 6).map((item) => put(item)));
      await write(keys.map(remove));
      expect(await get(keys[0]!)).toBeUndefined();
    });

    it("refuses what the request alone shows before it begins", async () => {
      const outright = async (action: TransactWriteItem) => refusal(write([action]));
      expect(await outright(put({ pk: { S: "" } }))).toBe(validation(EMPTY_KEY));
      expect(await outright(remove({ pk: { S: "" } }))).toBe(validation(EMPTY_KEY));
      expect(await outright(put({ ...freshKey(), a: { S: "x".repeat(410_000) } }))).toBe(
        validation("Item size has exceeded the maximum allowed size"),
      );
      expect(await outright(set(freshKey(), { S: "" }))).toContain(
        "The update expression attempted to update a secondary index key to a value that is not supported.",
      );
      expect(await outright({ Put: { TableName: "absent", Item: freshKey() } })).toBe(
        "ResourceNotFoundException: Requested resource not found",
      );
    });

    it.each<[string, () => TransactWriteItem, string]>([
      [
        "a put with a key of the wrong type",
        () => put({ pk: { N: "1" } }),
        invalid("Type mismatch for key pk expected: S actual: N"),
      ],
      ["a delete with a key of the wrong type", () => remove({ pk: { N: "1" } }), validation(MISMATCH)],
      [
        "an update that reads a part of a key",
        () => set(freshKey(), { S: "x" }, { UpdateExpression: "SET a = pk.b, g = :v" }),
        validation(
          "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk",
        ),
      ],
      [
        "an update of the key",
        () => set(freshKey(), { S: "x" }, { UpdateExpression: "SET pk = :v" }),
        invalid("Cannot update attribute pk. This attribute is part of the key"),
      ],
      ["a check with a key of the wrong type", () => check({ pk: { N: "1" } }), validation(MISMATCH)],
      [
        "an update of an index key to the wrong type",
        () => set(freshKey(), { N: "1" }),
        invalid("Type mismatch for Index Key g Expected: S Actual: N IndexName: index"),
      ],
    ])("cancels for %s", async (_what, action, message) => {
      const { reasons } = await cancellation(write([put(freshKey()), action()]));
      expect(reasons).toEqual([
        { Code: "None" },
        { Code: "ValidationError", Message: message.replace("ValidationException: ", "") },
      ]);
    });
  });

  describe("behaviour", () => {
    it("tells the first key that does not fit its table, before any condition", async () => {
      const misfit = put({ pk: { N: "1" } });
      const { reasons } = await cancellation(write([check(freshKey()), misfit, misfit]));
      expect(reasons?.map(({ Code }) => Code)).toEqual(["None", "ValidationError", "None"]);
    });

    it("does all of its actions", async () => {
      const [made, changed, gone, checked] = [freshKey(), freshKey(), freshKey(), freshKey()];
      await putAll(client, table, [changed, gone, checked]);
      await write([put({ ...made, a: { N: "1" } }), set(changed, { S: "x" }), remove(gone), check(checked)]);
      expect(await Promise.all([made, changed, gone, checked].map(get))).toEqual([
        { ...made, a: { N: "1" } },
        { ...changed, g: { S: "x" } },
        undefined,
        checked,
      ]);
    });

    it("does none of them when one fails, and says which in their order", async () => {
      const [made, there, gone, checked] = [
        freshKey(),
        { ...freshKey(), a: { N: "1" } } as Item,
        freshKey(),
        freshKey(),
      ];
      await putAll(client, table, [there, gone, checked]);
      const { message, reasons } = await cancellation(
        write([
          put(made),
          put(
            { pk: there["pk"] as never },
            {
              ConditionExpression: "attribute_not_exists(pk)",
              ReturnValuesOnConditionCheckFailure: "ALL_OLD",
            },
          ),
          remove(gone),
          check(freshKey(), { ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
          check(checked, {
            ConditionExpression: "attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        ]),
      );
      expect(message).toBe(
        "Transaction cancelled, please refer cancellation reasons for specific reasons " +
          "[None, ConditionalCheckFailed, None, ConditionalCheckFailed, ConditionalCheckFailed]",
      );
      const failed = { Code: "ConditionalCheckFailed", Message: "The conditional request failed" };
      expect(reasons).toEqual([
        { Code: "None" },
        { ...failed, Item: there },
        { Code: "None" },
        failed,
        { ...failed, Item: checked },
      ]);
      expect(await get(made)).toBeUndefined();
      expect(await get(gone)).toEqual(gone);
    });

    it("takes back what it wrote before an update that cannot be applied", async () => {
      const [made, other] = [freshKey(), { ...freshKey(), a: { S: "text" } } as Item];
      await putAll(client, table, [other]);
      const before = (await client.send(new ScanCommand({ TableName: table, Select: "COUNT" }))).Count;
      const { reasons } = await cancellation(
        write([
          put({ ...made, g: { S: "indexed" } }),
          {
            Update: {
              TableName: table,
              Key: { pk: other["pk"] as never },
              UpdateExpression: "SET a = a + :one",
              ExpressionAttributeValues: { ":one": { N: "1" } },
            },
          },
        ]),
      );
      expect(reasons?.map(({ Code }) => Code)).toEqual(["None", "ValidationError"]);
      expect((await client.send(new ScanCommand({ TableName: table, Select: "COUNT" }))).Count).toBe(before);
      const entries = await client.send(new ScanCommand({ TableName: table, IndexName: "index" }));
      expect(entries.Items?.some(({ g }) => g?.S === "indexed")).toBe(false);
    });

    it("does the same request with the same token once, for ten minutes", async () => {
      const Key = freshKey();
      const again = () =>
        write(
          [
            {
              Update: {
                TableName: table,
                Key,
                UpdateExpression: "ADD n :one",
                ExpressionAttributeValues: { ":one": { N: "1" } },
              },
            },
          ],
          { ClientRequestToken: "token-1", ReturnConsumedCapacity: "TOTAL" },
        );
      expect((await again()).ConsumedCapacity).toEqual([{ TableName: table, CapacityUnits: 2, WriteCapacityUnits: 2 }]);
      expect((await again()).ConsumedCapacity).toEqual([{ TableName: table, CapacityUnits: 2, ReadCapacityUnits: 2 }]);
      expect((await get(Key))?.["n"]).toEqual({ N: "1" });
      expect(await refusal(write([put(Key)], { ClientRequestToken: "token-1" }))).toBe(
        "IdempotentParameterMismatchException: Specified idempotent token was used with different request parameters " +
          "within the idempotency window",
      );
      await target.clock.advance(10 * 60 * 1000);
      await again();
      expect((await get(Key))?.["n"]).toEqual({ N: "2" });
    });

    it("does not use up the token of a transaction that was cancelled", async () => {
      const [Key, missing] = [freshKey(), freshKey()];
      const attempt = () => write([put(Key), check(missing)], { ClientRequestToken: "token-2" });
      await cancellation(attempt());
      await putAll(client, table, [missing]);
      await attempt();
      expect(await get(Key)).toEqual(Key);
    });

    it("takes twice the units of single writes", async () => {
      const answer = await write([put({ ...freshKey(), g: { S: "a" } }), put(freshKey())], {
        ReturnConsumedCapacity: "INDEXES",
      });
      expect(answer.ConsumedCapacity).toEqual([
        {
          TableName: table,
          CapacityUnits: 6,
          WriteCapacityUnits: 6,
          Table: { CapacityUnits: 4, WriteCapacityUnits: 4 },
          GlobalSecondaryIndexes: { index: { CapacityUnits: 2, WriteCapacityUnits: 2 } },
        },
      ]);
    });
  });
});
