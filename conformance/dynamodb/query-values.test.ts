import { QueryCommand, ScanCommand, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import {
  attributes,
  createSorted,
  globalIndex,
  invalid,
  keys,
  putAll,
  refusal,
  useDynamoDb,
  validation,
} from "./support.ts";

const { client } = useDynamoDb();
let table: string;
beforeAll(async () => {
  const KEYS_ONLY = { ProjectionType: "KEYS_ONLY" as const };
  table = await createSorted(client, {
    AttributeDefinitions: attributes({ pk: "S", sk: "S", g: "S", l: "B" }),
    GlobalSecondaryIndexes: [globalIndex("global", "g", undefined, KEYS_ONLY)],
    LocalSecondaryIndexes: [{ IndexName: "local", KeySchema: keys("pk", "l"), Projection: KEYS_ONLY }],
  });
  await putAll(client, table, [
    { pk: { S: "a" }, sk: { S: "b" }, g: { S: "g" }, l: { B: new Uint8Array([1]) }, extra: { S: "x" } },
  ]);
});

const query = (KeyConditionExpression: string, values: object, more: Partial<QueryCommandInput> = {}) =>
  client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression,
      ExpressionAttributeValues: values as NonNullable<QueryCommandInput["ExpressionAttributeValues"]>,
      ...more,
    }),
  );

const NOT_VALID = "One or more parameter values are not valid.";
const emptyKey = (kind: string, key: string) =>
  validation(`${NOT_VALID} The AttributeValue for a key attribute cannot contain an empty ${kind} value. ${key}`);
const A = { ":a": { S: "a" } };

describe("the values of a Query's key condition", () => {
  it.each([
    ["pk = :e", "Key: pk"],
    ["pk = :a AND sk = :e", "Key: sk"],
    ["pk = :a AND begins_with(sk, :e)", "Key: sk"],
    ["pk = :a AND sk BETWEEN :e AND :a", "Key: sk"],
  ])("are not empty: %s", async (condition, key) => {
    const values = condition.includes(":a") ? { ...A, ":e": { S: "" } } : { ":e": { S: "" } };
    expect(await refusal(query(condition, values))).toBe(emptyKey("string", key));
  });

  it("are not empty where an index is asked, which is named", async () => {
    const secondary = (kind: string, index: string, key: string) =>
      validation(
        `${NOT_VALID} A value specified for a secondary index key is not supported. The AttributeValue for a key attribute ` +
          `cannot contain an empty ${kind} value. IndexName: ${index}, IndexKey: ${key}`,
      );
    expect(await refusal(query("g = :e", { ":e": { S: "" } }, { IndexName: "global" }))).toBe(
      secondary("string", "global", "g"),
    );
    const values = { ...A, ":e": { B: new Uint8Array() } };
    expect(await refusal(query("pk = :a AND l > :e", values, { IndexName: "local" }))).toBe(
      secondary("binary", "local", "l"),
    );
  });

  it("are no longer than keys may be", async () => {
    expect(await refusal(query("pk = :e", { ":e": { S: "x".repeat(2_049) } }))).toBe(
      invalid("Size of hashkey has exceeded the maximum size limit of2048 bytes"),
    );
    expect(await refusal(query("pk = :a AND sk < :e", { ...A, ":e": { S: "x".repeat(1_025) } }))).toBe(
      invalid("Aggregated size of all range keys has exceeded the size limit of 1024 bytes"),
    );
    await query("pk = :e", { ":e": { S: "x".repeat(2_048) } });
  });

  it("are 2 MB together with the other values of a request at the most", async () => {
    const of = (bytes: number) => ({ ...A, ":b": { S: "x".repeat(bytes) } });
    const filtered = (bytes: number) => query("pk = :a", of(bytes), { FilterExpression: "extra <> :b" });
    const most = 2 * 1_024 * 1_024 - ":a".length - "a".length - ":b".length;
    expect((await filtered(most)).Count).toBe(1);
    expect(await refusal(filtered(most + 1))).toBe(validation("ExpressionAttributeValues exceeds max size"));
  });
});

describe("the filter of a Query on an index", () => {
  it("names only what the index has, though a local one could fetch it", async () => {
    const message = (index: string) =>
      invalid(`Secondary index ${index} does not project one or more filter attributes: [extra, more]`);
    const FilterExpression = "extra = :a OR more.a = :a OR sk = :a";
    expect(await refusal(query("pk = :a", A, { IndexName: "local", FilterExpression }))).toBe(message("local"));
    expect(await refusal(query("g = :a", A, { IndexName: "global", FilterExpression }))).toBe(message("global"));
    const { Count } = await query("pk = :a", A, { IndexName: "local", FilterExpression: "sk <> :a" });
    expect(Count).toBe(1);
  });

  it("is not looked at so by a Scan, which filters what the index has", async () => {
    const { Count, ScannedCount } = await client.send(
      new ScanCommand({ TableName: table, IndexName: "global", FilterExpression: "attribute_exists(extra)" }),
    );
    expect([Count, ScannedCount]).toEqual([0, 1]);
  });
});
