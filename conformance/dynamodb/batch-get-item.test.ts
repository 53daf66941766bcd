import { BatchGetItemCommand, type BatchGetItemCommandInput } from "@aws-sdk/client-dynamodb";
import { createSorted, createTable, putAll, refusal, useDynamoDb, validation, type Item } from "./support.ts";

const { client } = useDynamoDb();

const key = (name: string | number): Item => ({ pk: { S: String(name) } });
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const get = (
  RequestItems: BatchGetItemCommandInput["RequestItems"],
  more: Omit<BatchGetItemCommandInput, "RequestItems"> = {},
) => client.send(new BatchGetItemCommand({ RequestItems, ...more }));

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
    // in no particular order
    expect(new Set(answer.Responses?.[table])).toEqual(new Set(times(3, (i) => ({ a: { S: `${i}` } }))));
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
    expect(first.UnprocessedKeys?.[table]).toEqual({ ...request, Keys: expect.any(Array) });
    const second = await get(first.UnprocessedKeys);
    const all = [...(first.Responses?.[table] ?? []), ...(second.Responses?.[table] ?? [])];
    expect(all).toHaveLength(45);
    expect(new Set(all)).toEqual(new Set(times(45, key)));
  });
});
