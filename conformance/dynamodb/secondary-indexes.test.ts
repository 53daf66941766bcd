import {
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import { eventually } from "../target.ts";
import { pages, readsOf, sorts } from "./query-support.ts";
import {
  attributes,
  createSorted,
  describeTable,
  globalIndex,
  keys,
  N,
  putAll,
  refusal,
  S,
  useDynamoDb,
  validation,
  type Item,
} from "./support.ts";

const { client } = useDynamoDb();

const { query, scan, ofA } = readsOf(client);

describe("a secondary index", () => {
  const ofG = (TableName: string, g: string, more: Partial<QueryCommandInput> = {}) =>
    query({
      TableName,
      IndexName: "global",
      KeyConditionExpression: "g = :g",
      ExpressionAttributeValues: { ":g": S(g) },
      ...more,
    });
  const indexed = (Projection?: Parameters<typeof globalIndex>[3]) =>
    createSorted(client, {
      AttributeDefinitions: attributes({ pk: "S", sk: "S", g: "S", l: "N" }),
      GlobalSecondaryIndexes: [globalIndex("global", "g", undefined, Projection)],
      LocalSecondaryIndexes: [
        {
          IndexName: "local",
          KeySchema: keys("pk", "l"),
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["in"] },
        },
      ],
    });
  const ofL = (TableName: string, more: Partial<QueryCommandInput> = {}) =>
    ofA(TableName, undefined, {}, { IndexName: "local", ...more });

  it("follows its items through puts, updates and deletes, and has only those with its keys", async () => {
    const table = await indexed();
    const Key = { pk: S("a"), sk: S("1") };
    const found = async () => [(await ofG(table, "x")).Count, (await ofG(table, "y")).Count, (await ofL(table)).Count];
    const set = (UpdateExpression: string, values?: Item) =>
      client.send(
        new UpdateItemCommand({ TableName: table, Key, UpdateExpression, ExpressionAttributeValues: values }),
      );
    await client.send(new PutItemCommand({ TableName: table, Item: Key }));
    expect(await found()).toEqual([0, 0, 0]);
    await set("SET g = :x, l = :l", { ":x": S("x"), ":l": N(1) });
    expect(await found()).toEqual([1, 0, 1]);
    await set("SET g = :y", { ":y": S("y") });
    expect(await found()).toEqual([0, 1, 1]);
    await set("REMOVE l");
    expect(await found()).toEqual([0, 1, 0]);
    await client.send(new PutItemCommand({ TableName: table, Item: { ...Key, l: N(3) } }));
    expect(await found()).toEqual([0, 0, 1]);
    await client.send(new DeleteItemCommand({ TableName: table, Key }));
    expect(await found()).toEqual([0, 0, 0]);
  });

  it("has what it projects", async () => {
    const item = { pk: S("a"), sk: S("1"), g: S("x"), l: N(1), in: S("in"), out: S("out") };
    const answers = async (Projection: Parameters<typeof globalIndex>[3]) => {
      const table = await indexed(Projection);
      await putAll(client, table, [item]);
      return (await ofG(table, "x")).Items?.[0];
    };
    const { out, in: _in, l: _l, ...keysOnly } = item;
    expect(await answers({ ProjectionType: "ALL" })).toEqual(item);
    expect(await answers({ ProjectionType: "KEYS_ONLY" })).toEqual(keysOnly);
    expect(await answers({ ProjectionType: "INCLUDE", NonKeyAttributes: ["out"] })).toEqual({ ...keysOnly, out });
  });

  it("gives a local index's missing attributes from the table, at the table's price", async () => {
    const table = await indexed();
    const item = { pk: S("a"), sk: S("1"), l: N(1), in: S("in"), out: S("out") };
    await putAll(client, table, [item]);
    const { out: _out, ...projected } = item;
    const plain = await ofL(table, { ReturnConsumedCapacity: "INDEXES" });
    expect(plain.Items).toEqual([projected]);
    expect(plain.ConsumedCapacity).toMatchObject({
      CapacityUnits: 0.5,
      LocalSecondaryIndexes: { local: { CapacityUnits: 0.5 } },
    });
    const whole = await ofL(table, {
      Select: "ALL_ATTRIBUTES",
      ConsistentRead: true,
      ReturnConsumedCapacity: "INDEXES",
    });
    expect(whole.Items).toEqual([item]);
    expect(whole.ConsumedCapacity).toMatchObject({ CapacityUnits: 2, Table: { CapacityUnits: 1 } });
    expect(
      (await ofL(table, { ProjectionExpression: "#out", ExpressionAttributeNames: { "#out": "out" } })).Items,
    ).toEqual([{ out: S("out") }]);
  });

  it("pages through items of one index key, with the table's key in LastEvaluatedKey", async () => {
    const table = await indexed();
    const all = Array.from({ length: 9 }, (_, i) => ({ pk: S(`p${i % 4}`), sk: S(`${i}`), g: S("x"), l: N(7) }));
    await putAll(client, table, all);
    for (const ScanIndexForward of [true, false]) {
      const read = await pages((ExclusiveStartKey) =>
        ofG(table, "x", { Limit: 2, ExclusiveStartKey, ScanIndexForward }),
      );
      expect(read.flatMap(sorts).map(String).toSorted()).toEqual(all.map(({ sk }) => sk.S).toSorted());
      expect(Object.keys(read[0]?.LastEvaluatedKey ?? {}).toSorted()).toEqual(["g", "pk", "sk"]);
    }
    const scanned = await pages((ExclusiveStartKey) =>
      scan({ TableName: table, IndexName: "local", Limit: 2, ExclusiveStartKey }),
    );
    expect(scanned.flatMap(sorts).map(String).toSorted()).toEqual(all.map(({ sk }) => sk.S).toSorted());
  });

  it("orders a local index by its own sort key", async () => {
    const table = await indexed();
    await putAll(
      client,
      table,
      [5, 1, 3].map((l, i) => ({ pk: S("a"), sk: S(`${i}`), l: N(l) })),
    );
    const answer = await ofA(table, "l > :one", { ":one": N(1) }, { IndexName: "local", ConsistentRead: true });
    expect(answer.Items?.map(({ l }) => l?.N)).toEqual(["3", "5"]);
  });

  it("made later has the items that were there before it, those of the wrong type left out", async () => {
    const table = await createSorted(client);
    const items = Array.from({ length: 30 }, (_, i) => ({
      pk: S(`p${i}`),
      sk: S("1"),
      g: i % 3 === 0 ? N(i) : S("x"),
    }));
    await putAll(client, table, items);
    await client.send(
      new UpdateTableCommand({
        TableName: table,
        AttributeDefinitions: attributes({ g: "S" }),
        GlobalSecondaryIndexUpdates: [
          { Create: { IndexName: "global", KeySchema: keys("g"), Projection: { ProjectionType: "KEYS_ONLY" } } },
        ],
      }),
    );
    const index = await eventually("the index is ACTIVE", async () => {
      const [found] = (await describeTable(client, table))?.GlobalSecondaryIndexes ?? [];
      return found?.IndexStatus === "ACTIVE" ? found : undefined;
    });
    expect(index.ItemCount).toBe(20);
    expect((await ofG(table, "x")).Count).toBe(20);
  });

  const still = useDynamoDb({ manualClock: true });

  it("goes on being filled while its table is written to", async () => {
    const table = await createSorted(still.client);
    await still.target.clock.advance(1);
    const item = (i: number, g: string) => ({ pk: S(`p${i}`), sk: S("1"), g: S(g) });
    await putAll(
      still.client,
      table,
      Array.from({ length: 10 }, (_, i) => item(i, "old")),
    );
    await still.client.send(
      new UpdateTableCommand({
        TableName: table,
        AttributeDefinitions: attributes({ g: "S" }),
        GlobalSecondaryIndexUpdates: [
          { Create: { IndexName: "global", KeySchema: keys("g"), Projection: { ProjectionType: "ALL" } } },
        ],
      }),
    );
    // before the copying begins: one is new, one changes, one goes
    await putAll(still.client, table, [item(10, "new"), item(0, "new")]);
    await still.client.send(new DeleteItemCommand({ TableName: table, Key: { pk: S("p1"), sk: S("1") } }));
    const ask = (g: string) =>
      still.client.send(
        new QueryCommand({
          TableName: table,
          IndexName: "global",
          KeyConditionExpression: "g = :g",
          ExpressionAttributeValues: { ":g": S(g) },
        }),
      );
    expect(await refusal(ask("old"))).toBe(validation("Cannot read from backfilling global secondary index: global"));
    await still.target.clock.advance(1);
    expect([(await ask("old")).Count, (await ask("new")).Count]).toEqual([8, 2]);
    const described = await describeTable(still.client, table);
    expect(described?.GlobalSecondaryIndexes?.[0]).toMatchObject({ IndexStatus: "ACTIVE", ItemCount: 10 });
  });
});
