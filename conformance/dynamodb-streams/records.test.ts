import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { StreamViewType } from "@aws-sdk/client-dynamodb-streams";
import { attributes, globalIndex, keys, refusal, S, type Item } from "../dynamodb/support.ts";
import { allRecords, numberOf, replayed, useStreams } from "./support.ts";

const on = useStreams();
const { client, streams, streamed } = on;

const put = (TableName: string, Item: Item, more = {}) => client.send(new PutItemCommand({ TableName, Item, ...more }));
const remove = (TableName: string, pk: string) => client.send(new DeleteItemCommand({ TableName, Key: { pk: S(pk) } }));
const update = (TableName: string, pk: string, UpdateExpression?: string, values?: Item) =>
  client.send(
    new UpdateItemCommand({
      TableName,
      Key: { pk: S(pk) },
      UpdateExpression,
      ...(values && { ExpressionAttributeValues: values }),
    }),
  );
const names = async (arn: string) => (await allRecords(streams, arn)).map(({ eventName }) => eventName);

describe("a record", () => {
  it("says everything of a change", async () => {
    const { table, arn } = await streamed();
    await on.target.clock.advance(1234);
    const second = new Date(Math.floor(on.target.clock.now() / 1000) * 1000);
    await put(table, { pk: S("a"), n: { N: "1" } });
    await put(table, { pk: S("a"), n: { N: "2" } });
    await remove(table, "a");
    const records = await allRecords(streams, arn);
    const common = { eventVersion: "1.1", eventSource: "aws:dynamodb", awsRegion: "us-east-1" };
    const data = (more: object) => ({
      ApproximateCreationDateTime: second,
      Keys: { pk: S("a") },
      SequenceNumber: expect.stringMatching(/^\d{21,40}$/) as string,
      StreamViewType: "NEW_AND_OLD_IMAGES",
      ...more,
    });
    const [first, next] = [1, 2].map((n) => ({ pk: S("a"), n: { N: `${n}` } }));
    expect(records).toEqual([
      {
        ...common,
        eventID: expect.any(String) as string,
        eventName: "INSERT",
        dynamodb: data({ NewImage: first, SizeBytes: 9 }),
      },
      {
        ...common,
        eventID: expect.any(String) as string,
        eventName: "MODIFY",
        dynamodb: data({ NewImage: next, OldImage: first, SizeBytes: 15 }),
      },
      {
        ...common,
        eventID: expect.any(String) as string,
        eventName: "REMOVE",
        dynamodb: data({ OldImage: next, SizeBytes: 9 }),
      },
    ]);
    expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(3);
    expect((await allRecords(streams, arn)).map(({ eventID }) => eventID)).toEqual(
      records.map(({ eventID }) => eventID),
    );
  });

  /** The sizes of the example in the Developer Guide, "DynamoDB Streams and AWS Lambda triggers". */
  it("counts its bytes as AWS does", async () => {
    const { table, arn } = await streamed("NEW_AND_OLD_IMAGES", {
      AttributeDefinitions: attributes({ Id: "N" }),
      KeySchema: keys("Id"),
    });
    const Key = { Id: { N: "101" } };
    await put(table, { ...Key, Message: S("New item!") });
    await put(table, { ...Key, Message: S("This item has changed") });
    await client.send(new DeleteItemCommand({ TableName: table, Key }));
    const sizes = (await allRecords(streams, arn)).map(({ dynamodb }) => dynamodb?.SizeBytes);
    expect(sizes).toEqual([26, 59, 38]);
  });

  it.each<[StreamViewType, object[], number[]]>([
    ["KEYS_ONLY", [{}, {}, {}], [3, 3, 3]],
    ["NEW_IMAGE", [{ NewImage: { pk: S("a"), x: S("1") } }, { NewImage: { pk: S("a"), x: S("2") } }, {}], [8, 8, 3]],
    ["OLD_IMAGE", [{}, { OldImage: { pk: S("a"), x: S("1") } }, { OldImage: { pk: S("a"), x: S("2") } }], [3, 8, 8]],
  ])("of a %s stream has the images that it asks for", async (viewType, images, sizes) => {
    const { table, arn } = await streamed(viewType);
    await put(table, { pk: S("a"), x: S("1") });
    await put(table, { pk: S("a"), x: S("2") });
    await remove(table, "a");
    const records = (await allRecords(streams, arn)).map(({ dynamodb }) => dynamodb);
    expect(
      records.map((record) => ({
        ...(record?.NewImage && { NewImage: record.NewImage }),
        ...(record?.OldImage && { OldImage: record.OldImage }),
      })),
    ).toEqual(images);
    expect(records.map((record) => record?.SizeBytes)).toEqual(sizes);
    expect(records.map((record) => record?.StreamViewType)).toEqual([viewType, viewType, viewType]);
  });

  it("carries every type of value, and the whole key", async () => {
    const { table, arn } = await streamed("NEW_IMAGE", {
      AttributeDefinitions: attributes({ pk: "B", sk: "N" }),
      KeySchema: keys("pk", "sk"),
    });
    const key = { pk: { B: Buffer.from([0, 255]) }, sk: { N: "-1.5" } };
    const item: Item = {
      ...key,
      bool: { BOOL: false },
      none: { NULL: true },
      bytes: { B: Buffer.from("bytes") },
      sets: { M: { s: { SS: ["a", "b"] }, n: { NS: ["1", "2"] }, b: { BS: [Buffer.from("x")] } } },
      list: { L: [{ S: "" }, { L: [] }, { M: {} }] },
      "ä€😀": S("ä€😀"),
    };
    await put(table, item);
    const [record] = await allRecords(streams, arn);
    expect(withArrays(record?.dynamodb?.NewImage)).toEqual(withArrays(item));
    expect(withArrays(record?.dynamodb?.Keys)).toEqual(withArrays(key));
  });
});

/** Buffers say what they are by themselves when they are encoded: as arrays they compare with those that came back. */
function withArrays(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(withArrays);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withArrays(inner)]));
}

describe("a write", () => {
  it("that changes nothing leaves no record", async () => {
    const { table, arn } = await streamed();
    await remove(table, "a");
    await put(table, { pk: S("a"), set: { SS: ["x", "y"] }, n: { N: "1" } });
    await put(table, { pk: S("a"), set: { SS: ["x", "y"] }, n: { N: "1" } });
    await put(table, { pk: S("a"), n: { N: "1.0" }, set: { SS: ["y", "x"] } });
    await update(table, "a");
    await update(table, "a", "SET n = :n", { ":n": { N: "1" } });
    await update(table, "a", "REMOVE nothing");
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { ConditionCheck: { TableName: table, Key: { pk: S("a") }, ConditionExpression: "attribute_exists(pk)" } },
        ],
      }),
    );
    expect(await refusal(put(table, { pk: S("a") }, { ConditionExpression: "attribute_not_exists(pk)" }))).toContain(
      "ConditionalCheckFailedException",
    );
    expect(await names(arn)).toEqual(["INSERT"]);
  });

  it("of the same size that changes something leaves one", async () => {
    const { table, arn } = await streamed();
    await put(table, { pk: S("a"), x: S("1") });
    await put(table, { pk: S("a"), x: S("2") });
    await put(table, { pk: S("a"), y: S("2") });
    expect(await names(arn)).toEqual(["INSERT", "MODIFY", "MODIFY"]);
  });

  it("by UpdateItem makes an item or changes one, with whole images", async () => {
    const { table, arn } = await streamed();
    await update(table, "a");
    await update(table, "a", "SET x = :x", { ":x": S("1") });
    await update(table, "a", "REMOVE x");
    const records = await allRecords(streams, arn);
    expect(records.map(({ eventName }) => eventName)).toEqual(["INSERT", "MODIFY", "MODIFY"]);
    expect(records.map(({ dynamodb }) => [dynamodb?.OldImage, dynamodb?.NewImage])).toEqual([
      [undefined, { pk: S("a") }],
      [{ pk: S("a") }, { pk: S("a"), x: S("1") }],
      [{ pk: S("a"), x: S("1") }, { pk: S("a") }],
    ]);
  });

  it("of several items leaves a record of each, also over several tables", async () => {
    const one = await streamed();
    const other = await streamed();
    await put(one.table, { pk: S("old") });
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [one.table]: [
            { PutRequest: { Item: { pk: S("a") } } },
            { PutRequest: { Item: { pk: S("old") } } },
            { DeleteRequest: { Key: { pk: S("missing") } } },
          ],
          [other.table]: [{ PutRequest: { Item: { pk: S("b") } } }],
        },
      }),
    );
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: one.table, Item: { pk: S("c") } } },
          { Delete: { TableName: one.table, Key: { pk: S("old") } } },
          {
            Update: {
              TableName: other.table,
              Key: { pk: S("b") },
              UpdateExpression: "SET x = :x",
              ExpressionAttributeValues: { ":x": S("1") },
            },
          },
        ],
      }),
    );
    const changes = async (arn: string) =>
      (await allRecords(streams, arn)).map(({ eventName, dynamodb }) => `${eventName} ${dynamodb?.Keys?.["pk"]?.S}`);
    expect(await changes(one.arn)).toEqual(["INSERT old", "INSERT a", "INSERT c", "REMOVE old"]);
    expect(await changes(other.arn)).toEqual(["INSERT b", "MODIFY b"]);
  });

  it("that is taken back leaves none", async () => {
    const { table, arn } = await streamed();
    const transaction = client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: table, Item: { pk: S("a") } } },
          { ConditionCheck: { TableName: table, Key: { pk: S("b") }, ConditionExpression: "attribute_exists(pk)" } },
        ],
      }),
    );
    expect(await refusal(transaction)).toContain("TransactionCanceledException");
    await put(table, { pk: S("c") });
    expect((await allRecords(streams, arn)).map(({ dynamodb }) => dynamodb?.Keys)).toEqual([{ pk: S("c") }]);
  });

  it("leaves no record of the indexes that it changes", async () => {
    const { table, arn } = await streamed("NEW_AND_OLD_IMAGES", {
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: attributes({ pk: "S", g: "S" }),
      GlobalSecondaryIndexes: [globalIndex("index", "g")],
    });
    await put(table, { pk: S("a"), g: S("x") });
    expect(await names(arn)).toEqual(["INSERT"]);
  });

  it("beside others keeps its place: the records of a key stand in the order of its changes", async () => {
    const { table, arn } = await streamed("NEW_AND_OLD_IMAGES", { BillingMode: "PAY_PER_REQUEST" });
    const pks = Array.from({ length: 12 }, (_, index) => `item-${index}`);
    const add = (pk: string) => update(table, pk, "ADD n :one", { ":one": { N: "1" } });
    await Promise.all(pks.flatMap((pk) => [add(pk), add(pk), remove(table, pk), add(pk), add(pk)]));
    const records = await allRecords(streams, arn);
    // fails unless each old image is the new one of the record before
    const items = replayed(records);
    for (const pk of pks) expect(items.has(pk)).toBe(true);
    const numbers = records.map(numberOf);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
