import {
  DeleteItemCommand,
  DescribeTableCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  type QueryCommandInput,
  type ScanCommandInput,
} from "@aws-sdk/client-dynamodb";
import { eventually } from "../target.ts";
import {
  attributes,
  createSorted,
  createTable,
  globalIndex,
  invalid,
  keys,
  putAll,
  refusal,
  useDynamoDb,
  validation,
  type Item,
} from "./support.ts";

const { client } = useDynamoDb();

const S = (text: string) => ({ S: text });
const N = (number: number | string) => ({ N: String(number) });

const NESTED_KEY = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed:";
const NESTED_CONDITION = validation("KeyConditionExpressions cannot have conditions on nested attributes");
/** What AWS says of some of Query's parameters stands in the envelope of constraints. */
const enveloped = (message: string) => validation(`1 validation error detected: ${message}`);

const query = (input: QueryCommandInput) => client.send(new QueryCommand(input));
const scan = (input: ScanCommandInput) => client.send(new ScanCommand(input));

/** A query for the partition `pk = a`, with a condition on the sort key if given. */
const ofA = (TableName: string, sort?: string, values: Item = {}, more: Partial<QueryCommandInput> = {}) =>
  query({
    TableName,
    KeyConditionExpression: sort === undefined ? "pk = :pk" : `pk = :pk AND ${sort}`,
    ExpressionAttributeValues: { ":pk": S("a"), ...values },
    ...more,
  });

const sorts = ({ Items = [] }: { Items?: Item[] }) => Items.map(({ sk }) => sk?.S ?? sk?.N ?? sk?.B);

/** All pages, following LastEvaluatedKey. */
async function pages<A extends { Items?: Item[]; LastEvaluatedKey?: Item }>(
  read: (ExclusiveStartKey: Item | undefined) => Promise<A>,
): Promise<A[]> {
  const all: A[] = [];
  let from: Item | undefined;
  do {
    const page = await read(from);
    all.push(page);
    from = page.LastEvaluatedKey;
    if (all.length > 200) throw new Error("the pages have no end");
  } while (from !== undefined);
  return all;
}

describe("Query", () => {
  describe("validation", () => {
    let table: string;
    beforeAll(async () => {
      table = await createSorted(client, {
        AttributeDefinitions: attributes({ pk: "S", sk: "S", g: "S" }),
        GlobalSecondaryIndexes: [globalIndex("index", "g", undefined, { ProjectionType: "KEYS_ONLY" })],
      });
    });
    const key = { KeyConditionExpression: "pk = :v", ExpressionAttributeValues: { ":v": S("a") } };
    const indexKey = {
      IndexName: "index",
      KeyConditionExpression: "g = :v",
      ExpressionAttributeValues: { ":v": S("a") },
    };

    it.each<[string, Partial<QueryCommandInput>, string]>([
      [
        "a query without a condition",
        {},
        validation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."),
      ],
      [
        "a condition without the partition key",
        { ...key, KeyConditionExpression: "sk = :v" },
        validation("Query condition missed key schema element: pk"),
      ],
      [
        "an index that is not there",
        { ...key, IndexName: "absent" },
        validation("The table does not have the specified index: absent"),
      ],
      [
        "a consistent read of a global index",
        { ...indexKey, ConsistentRead: true },
        validation("Consistent reads are not supported on global secondary indexes"),
      ],
      [
        "all attributes of a global index that lacks some",
        { ...indexKey, Select: "ALL_ATTRIBUTES" },
        invalid(
          "Select type ALL_ATTRIBUTES is not supported for global secondary index index because its projection type is not ALL",
        ),
      ],
      [
        "an attribute that a global index lacks",
        { ...indexKey, ProjectionExpression: "g, more" },
        invalid("Global secondary index index does not project [more]"),
      ],
      [
        "a filter on a key",
        { ...key, FilterExpression: "sk = :v" },
        validation("Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"),
      ],
      [
        "a projection beside ALL_ATTRIBUTES",
        { ...key, Select: "ALL_ATTRIBUTES", ProjectionExpression: "sk" },
        enveloped("Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES"),
      ],
      [
        "SPECIFIC_ATTRIBUTES without naming any",
        { ...key, Select: "SPECIFIC_ATTRIBUTES" },
        enveloped("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"),
      ],
      [
        "projected attributes of no index",
        { ...key, Select: "ALL_PROJECTED_ATTRIBUTES" },
        enveloped("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"),
      ],
      [
        "a projection beside COUNT",
        { ...key, Select: "COUNT", ProjectionExpression: "sk" },
        enveloped("Cannot specify the ProjectionExpression when choosing to get only the Count"),
      ],
      [
        "a limit of nothing",
        { ...key, Limit: 0 },
        enveloped("Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1"),
      ],
      ["a condition on a part of a key", { ...key, KeyConditionExpression: "pk.a = :v" }, NESTED_CONDITION],
      [
        "a part of an index's key in a filter",
        { ...key, FilterExpression: "attribute_exists(g.a)" },
        validation(`${NESTED_KEY} IndexKey: g`),
      ],
      [
        "a part of a key in a projection",
        { ...key, ProjectionExpression: "sk[0]" },
        validation(`${NESTED_KEY} Key: sk`),
      ],
      [
        "a starting key with other names",
        { ...key, ExclusiveStartKey: { bad: S("a") } },
        validation("The provided starting key is invalid"),
      ],
      [
        "a starting key with a part of another type",
        { ...key, ExclusiveStartKey: { pk: S("a"), sk: N(1) } },
        validation("The provided starting key is invalid: The provided key element does not match the schema"),
      ],
      [
        "a starting key of an index that lacks the table's",
        { ...indexKey, ExclusiveStartKey: { g: S("a") } },
        validation("The provided starting key is invalid"),
      ],
      [
        "a starting key that lacks a part",
        { ...key, ExclusiveStartKey: { pk: S("a") } },
        validation("The provided starting key is invalid"),
      ],
      [
        "a starting key of another partition",
        { ...key, ExclusiveStartKey: { pk: S("b"), sk: S("1") } },
        validation("The provided starting key is outside query boundaries based on provided conditions"),
      ],
      [
        "a starting key beyond the condition",
        {
          KeyConditionExpression: "pk = :v AND sk < :v",
          ExpressionAttributeValues: { ":v": S("a") },
          ExclusiveStartKey: { pk: S("a"), sk: S("z") },
        },
        validation("The provided starting key does not match the range key predicate"),
      ],
    ])("refuses %s", async (_what, input, message) => {
      expect(await refusal(query({ TableName: table, ...input }))).toBe(message);
    });

    it("says of a table that is not there only that it is not", async () => {
      expect(await refusal(query({ TableName: "absent", ...key }))).toBe(
        "ResourceNotFoundException: Requested resource not found",
      );
    });
  });

  describe("behaviour", () => {
    it("answers one partition in the order of UTF-8 bytes, either way", async () => {
      const table = await createSorted(client);
      // by UTF-16 units the last two would change places
      const inOrder = ["", "A", "a", "a\u0000", "aa", "b", "é", "\uffee", "\u{1f600}"].slice(1);
      await putAll(client, table, [
        ...inOrder.toReversed().map((sk) => ({ pk: S("a"), sk: S(sk) })),
        { pk: S("b"), sk: S("other") },
      ]);
      expect(sorts(await ofA(table))).toEqual(inOrder);
      expect(sorts(await ofA(table, undefined, {}, { ScanIndexForward: false }))).toEqual(inOrder.toReversed());
    });

    it("orders numbers by their value, whatever their size", async () => {
      const table = await createSorted(client, {}, "N");
      const inOrder = ["-9.9E125", "-1000", "-2", "-1.5", "-1E-130", "0", "1E-130", "0.1", "1", "2", "10", "9.9E125"];
      await putAll(
        client,
        table,
        inOrder.toReversed().map((sk) => ({ pk: S("a"), sk: N(sk) })),
      );
      expect(sorts(await ofA(table)).map(Number)).toEqual(inOrder.map(Number));
    });

    it("orders binary by its bytes", async () => {
      const table = await createSorted(client, {}, "B");
      const inOrder = [[0], [0, 0], [0, 255], [1], [127], [128], [255], [255, 255]];
      await putAll(
        client,
        table,
        inOrder.toReversed().map((bytes) => ({ pk: S("a"), sk: { B: new Uint8Array(bytes) } })),
      );
      expect(sorts(await ofA(table)).map((bytes) => [...(bytes as Uint8Array)])).toEqual(inOrder);
    });

    it.each<[string, Item, readonly string[]]>([
      ["sk = :v", { ":v": S("b") }, ["b"]],
      ["sk < :v", { ":v": S("b") }, ["a", "ab"]],
      ["sk <= :v", { ":v": S("b") }, ["a", "ab", "b"]],
      ["sk > :v", { ":v": S("ab") }, ["b", "ba", "c"]],
      ["sk >= :v", { ":v": S("ab") }, ["ab", "b", "ba", "c"]],
      ["sk BETWEEN :v AND :w", { ":v": S("ab"), ":w": S("b") }, ["ab", "b"]],
      ["begins_with(sk, :v)", { ":v": S("b") }, ["b", "ba"]],
    ])("selects by %s", async (condition, values, expected) => {
      const table = await createSorted(client);
      await putAll(
        client,
        table,
        ["a", "ab", "b", "ba", "c"].map((sk) => ({ pk: S("a"), sk: S(sk) })),
      );
      expect(sorts(await ofA(table, condition, values))).toEqual(expected);
      expect(sorts(await ofA(table, condition, values, { ScanIndexForward: false }))).toEqual(expected.toReversed());
    });

    it("goes on from LastEvaluatedKey in both directions, with a limit at every size", async () => {
      const table = await createSorted(client, {}, "N");
      await putAll(
        client,
        table,
        Array.from({ length: 7 }, (_, i) => ({ pk: S("a"), sk: N(i) })),
      );
      for (const ScanIndexForward of [true, false]) {
        for (const Limit of [1, 2, 3, 7, 8]) {
          const read = await pages((ExclusiveStartKey) =>
            ofA(table, undefined, {}, { Limit, ScanIndexForward, ExclusiveStartKey }),
          );
          const expected = [0, 1, 2, 3, 4, 5, 6];
          expect(read.flatMap(sorts).map(Number)).toEqual(ScanIndexForward ? expected : expected.toReversed());
          // a page that the limit ends has a LastEvaluatedKey, also when nothing follows
          expect(read).toHaveLength(Limit > 7 ? 1 : Math.floor(7 / Limit) + 1);
        }
      }
    });

    it("ends a page at 1 MB, whatever the filter leaves of it", async () => {
      const table = await createSorted(client, {}, "N");
      const filler = S("x".repeat(100_000));
      await putAll(
        client,
        table,
        Array.from({ length: 25 }, (_, i) => ({ pk: S("a"), sk: N(i), filler, i: N(i) })),
      );
      const read = await pages((ExclusiveStartKey) =>
        ofA(table, undefined, { ":i": N(23) }, { FilterExpression: "i > :i", ExclusiveStartKey }),
      );
      expect(read.map(({ ScannedCount }) => ScannedCount)).toEqual([11, 11, 3]);
      expect(read.map(({ Count }) => Count)).toEqual([0, 0, 1]);
      expect(read[0]?.LastEvaluatedKey).toEqual({ pk: S("a"), sk: N(10) });
    });

    it("counts what it read before the filter and the projection", async () => {
      const table = await createSorted(client, {}, "N");
      const filler = S("x".repeat(2000));
      await putAll(
        client,
        table,
        Array.from({ length: 6 }, (_, i) => ({ pk: S("a"), sk: N(i), filler })),
      );
      const units = async (more: Partial<QueryCommandInput>, values: Item = {}) =>
        (await ofA(table, undefined, values, { ReturnConsumedCapacity: "TOTAL", ...more })).ConsumedCapacity
          ?.CapacityUnits;
      expect(await units({})).toBe(1.5);
      expect(await units({ ConsistentRead: true })).toBe(3);
      expect(await units({ FilterExpression: "attribute_exists(nothing)" })).toBe(1.5);
      expect(await units({ ProjectionExpression: "sk" })).toBe(1.5);
      expect(await units({ Limit: 2 })).toBe(0.5);
    });

    it("answers only counts for Select COUNT", async () => {
      const table = await createSorted(client);
      await putAll(
        client,
        table,
        ["1", "2"].map((sk) => ({ pk: S("a"), sk: S(sk) })),
      );
      const answer = await ofA(table, undefined, {}, { Select: "COUNT" });
      expect(answer).toMatchObject({ Count: 2, ScannedCount: 2 });
      expect(answer.Items).toBeUndefined();
    });
  });
});

describe("Scan", () => {
  it.each<[string, Partial<ScanCommandInput>, string]>([
    [
      "a segment without a total",
      { Segment: 0 },
      "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
    ],
    [
      "a total without a segment",
      { TotalSegments: 4 },
      "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
    ],
    [
      "a segment beyond the total",
      { Segment: 5, TotalSegments: 5 },
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less than TotalSegments: 5",
    ],
    [
      "a limit of nothing",
      { Limit: 0 },
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      "a segment below zero",
      { Segment: -1, TotalSegments: 4 },
      "1 validation error detected: Value '-1' at 'segment' failed to satisfy constraint: Member must have value greater than or equal to 0",
    ],
    [
      "a total of no segments",
      { Segment: 0, TotalSegments: 0 },
      "1 validation error detected: Value '0' at 'totalSegments' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      "SPECIFIC_ATTRIBUTES without naming any",
      { Select: "SPECIFIC_ATTRIBUTES" },
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
    ],
    [
      "a projection beside COUNT",
      { Select: "COUNT", ProjectionExpression: "a" },
      "Cannot specify the ProjectionExpression when choosing to get only the Count",
    ],
    ["a part of a key in a filter", { FilterExpression: "attribute_exists(pk.a)" }, `${NESTED_KEY} Key: pk`],
    [
      "a starting key with other names",
      { ExclusiveStartKey: { bad: S("a") } },
      "The provided starting key is invalid: The provided key element does not match the schema",
    ],
  ])("refuses %s", async (_what, input, message) => {
    expect(await refusal(scan({ TableName: await createTable(client), ...input }))).toBe(validation(message));
  });

  it("reads every item once, by pages, in segments and at once", async () => {
    const table = await createSorted(client, {}, "N");
    const items = Array.from({ length: 40 }, (_, i) => ({ pk: S(`p${i % 8}`), sk: N(i) }));
    await putAll(client, table, items);
    const everything = items.map(({ sk }) => Number(sk.N)).toSorted((a, b) => a - b);
    const inOrder = (read: { Items?: Item[] }[]) =>
      read
        .flatMap(sorts)
        .map(Number)
        .toSorted((a, b) => a - b);

    expect(inOrder([await scan({ TableName: table })])).toEqual(everything);
    const paged = await pages((ExclusiveStartKey) => scan({ TableName: table, Limit: 3, ExclusiveStartKey }));
    expect(inOrder(paged)).toEqual(everything);
    for (const TotalSegments of [2, 3, 7]) {
      const segments = await Promise.all(
        Array.from({ length: TotalSegments }, (_, Segment) =>
          pages((ExclusiveStartKey) => scan({ TableName: table, Segment, TotalSegments, Limit: 4, ExclusiveStartKey })),
        ),
      );
      expect(inOrder(segments.flat())).toEqual(everything);
    }
  });

  it("keeps the items of a partition together, in the order of their sort key", async () => {
    const table = await createSorted(client, {}, "N");
    await putAll(
      client,
      table,
      Array.from({ length: 12 }, (_, i) => ({ pk: S(`p${i % 3}`), sk: N(12 - i) })),
    );
    const { Items = [] } = await scan({ TableName: table });
    const partitions = Items.map(({ pk }) => pk?.S);
    expect(partitions.filter((pk, i) => pk !== partitions[i - 1])).toHaveLength(3);
    for (const pk of ["p0", "p1", "p2"]) {
      const numbers = Items.filter((item) => item["pk"]?.S === pk).map(({ sk }) => Number(sk?.N));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  });

  it("refuses to go on in another segment", async () => {
    const table = await createTable(client);
    await putAll(
      client,
      table,
      Array.from({ length: 20 }, (_, i) => ({ pk: S(`p${i}`) })),
    );
    const first = await scan({ TableName: table, Segment: 0, TotalSegments: 2, Limit: 1 });
    const call = scan({ TableName: table, Segment: 1, TotalSegments: 2, ExclusiveStartKey: first.LastEvaluatedKey });
    expect(await refusal(call)).toContain("Please use ExclusiveStartKey with correct Segment");
  });

  it("filters and projects after reading", async () => {
    const table = await createTable(client);
    await putAll(client, table, [{ pk: S("1"), a: N(1) }, { pk: S("2"), a: N(2) }, { pk: S("3") }]);
    const answer = await scan({
      TableName: table,
      FilterExpression: "a >= :two",
      ExpressionAttributeValues: { ":two": N(2) },
      ProjectionExpression: "pk",
    });
    expect(answer).toMatchObject({ Items: [{ pk: S("2") }], Count: 1, ScannedCount: 3 });
  });
});

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
      const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
      const [found] = Table?.GlobalSecondaryIndexes ?? [];
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
    const { Table } = await still.client.send(new DescribeTableCommand({ TableName: table }));
    expect(Table?.GlobalSecondaryIndexes?.[0]).toMatchObject({ IndexStatus: "ACTIVE", ItemCount: 10 });
  });
});
