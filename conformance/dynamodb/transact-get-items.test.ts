import { TransactGetItemsCommand, type TransactGetItemsCommandInput } from "@aws-sdk/client-dynamodb";
import {
  cancellation,
  EMPTY_KEY,
  INDEXED,
  putAll,
  refusal,
  useDynamoDb,
  useTable,
  validation,
  type Item,
} from "./support.ts";

const { client } = useDynamoDb();
const table = useTable(client, INDEXED);

let next = 0;
const freshKey = (): Item => ({ pk: { S: `item-${++next}` } });
const read = (keys: readonly Item[], more: Partial<TransactGetItemsCommandInput> = {}) =>
  client.send(
    new TransactGetItemsCommand({ TransactItems: keys.map((Key) => ({ Get: { TableName: table, Key } })), ...more }),
  );

const MISMATCH = "The provided key element does not match the schema";

describe("TransactGetItems", () => {
  it("answers items in the order of the request, and nothing for those that are not there", async () => {
    const [one, absent, two] = [{ ...freshKey(), a: { N: "1" } } as Item, freshKey(), freshKey()];
    await putAll(client, table, [one, two]);
    const answer = await read([{ pk: one["pk"] as never }, absent, two], { ReturnConsumedCapacity: "TOTAL" });
    expect(answer.Responses).toEqual([{ Item: one }, {}, { Item: two }]);
    expect(answer.ConsumedCapacity).toEqual([{ TableName: table, CapacityUnits: 6, ReadCapacityUnits: 6 }]);
  });

  it("refuses one key twice, an empty key and a table that is not there", async () => {
    const Key = freshKey();
    expect(await refusal(read([Key, Key]))).toBe(
      validation("Transaction request cannot include multiple operations on one item"),
    );
    expect(await refusal(read([{ pk: { S: "" } }]))).toBe(validation(EMPTY_KEY));
    const absent = new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName: "absent", Key } }] });
    expect(await refusal(client.send(absent))).toBe("ResourceNotFoundException: Requested resource not found");
  });

  it("cancels for a key of the wrong type", async () => {
    const { reasons } = await cancellation(read([freshKey(), { pk: { N: "1" } }]));
    expect(reasons).toEqual([{ Code: "None" }, { Code: "ValidationError", Message: MISMATCH }]);
  });
});
