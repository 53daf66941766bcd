import { type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { NESTED_KEY, pages, readsOf, sorts } from "./query-support.ts";
import {
  attributes,
  createSorted,
  createTable,
  globalIndex,
  invalid,
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

const NESTED_CONDITION = validation("KeyConditionExpressions cannot have conditions on nested attributes");
/** What AWS says of some of Query's parameters stands in the envelope of constraints. */
const enveloped = (message: string) => validation(`1 validation error detected: ${message}`);

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
        validation("The provided starting key is invalid"),
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
        "a starting key that lacks a part, before a condition that does",
        {
          KeyConditionExpression: "sk = :v",
          ExpressionAttributeValues: { ":v": S("a") },
          ExclusiveStartKey: { pk: S("a") },
        },
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
      [
        "a starting key of another partition beside a condition",
        {
          KeyConditionExpression: "pk = :v AND sk < :z",
          ExpressionAttributeValues: { ":v": S("a"), ":z": S("z") },
          ExclusiveStartKey: { pk: S("b"), sk: S("b") },
        },
        validation("The query can return at most one row and cannot be restarted"),
      ],
      [
        "more conditions than there are key attributes",
        {
          KeyConditionExpression: "pk = :v AND sk = :v AND g = :v",
          ExpressionAttributeValues: { ":v": S("a") },
        },
        validation("The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)"),
      ],
    ])("refuses %s", async (_what, input, message) => {
      expect(await refusal(query({ TableName: table, ...input }))).toBe(message);
    });

    it("refuses a starting key of another partition where there is no sort key, in words of its own", async () => {
      const hashed = await createTable(client);
      const ask = (pk: string) => query({ TableName: hashed, ...key, ExclusiveStartKey: { pk: S(pk) } });
      expect(await refusal(ask("b"))).toBe(validation("The provided exclusive start key is invalid"));
      expect((await ask("a")).Count).toBe(0);
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

  describe("values and filters", () => {
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

    const by = (
      KeyConditionExpression: string,
      ExpressionAttributeValues: Item,
      more: Partial<QueryCommandInput> = {},
    ) => query({ TableName: table, KeyConditionExpression, ExpressionAttributeValues, ...more });

    const NOT_VALID = "One or more parameter values are not valid.";
    const emptyKey = (kind: string, key: string) =>
      validation(`${NOT_VALID} The AttributeValue for a key attribute cannot contain an empty ${kind} value. ${key}`);
    const A = { ":a": { S: "a" } };

    describe("values of the key condition", () => {
      it.each([
        ["pk = :e", "Key: pk"],
        ["pk = :a AND sk = :e", "Key: sk"],
        ["pk = :a AND begins_with(sk, :e)", "Key: sk"],
        ["pk = :a AND sk BETWEEN :e AND :a", "Key: sk"],
      ])("are not empty: %s", async (condition, key) => {
        const values: Item = condition.includes(":a") ? { ...A, ":e": { S: "" } } : { ":e": { S: "" } };
        expect(await refusal(by(condition, values))).toBe(emptyKey("string", key));
      });

      it("are not empty where an index is asked, which is named", async () => {
        const secondary = (kind: string, index: string, key: string) =>
          validation(
            `${NOT_VALID} A value specified for a secondary index key is not supported. The AttributeValue for a key attribute ` +
              `cannot contain an empty ${kind} value. IndexName: ${index}, IndexKey: ${key}`,
          );
        expect(await refusal(by("g = :e", { ":e": { S: "" } }, { IndexName: "global" }))).toBe(
          secondary("string", "global", "g"),
        );
        const values = { ...A, ":e": { B: new Uint8Array() } };
        expect(await refusal(by("pk = :a AND l > :e", values, { IndexName: "local" }))).toBe(
          secondary("binary", "local", "l"),
        );
      });

      it("are no longer than keys may be", async () => {
        expect(await refusal(by("pk = :e", { ":e": { S: "x".repeat(2_049) } }))).toBe(
          invalid("Size of hashkey has exceeded the maximum size limit of2048 bytes"),
        );
        expect(await refusal(by("pk = :a AND sk < :e", { ...A, ":e": { S: "x".repeat(1_025) } }))).toBe(
          invalid("Aggregated size of all range keys has exceeded the size limit of 1024 bytes"),
        );
        await by("pk = :e", { ":e": { S: "x".repeat(2_048) } });
      });

      it("are 2 MB together with the other values of a request at the most", async () => {
        const of = (bytes: number) => ({ ...A, ":b": { S: "x".repeat(bytes) } });
        const filtered = (bytes: number) => by("pk = :a", of(bytes), { FilterExpression: "extra <> :b" });
        const most = 2 * 1_024 * 1_024 - ":a".length - "a".length - ":b".length;
        expect((await filtered(most)).Count).toBe(1);
        expect(await refusal(filtered(most + 1))).toBe(validation("ExpressionAttributeValues exceeds max size"));
      });
    });

    describe("the filter on an index", () => {
      it("names only what the index has, though a local one could fetch it", async () => {
        const message = (index: string) =>
          invalid(`Secondary index ${index} does not project one or more filter attributes: [extra, more]`);
        const FilterExpression = "extra = :a OR more.a = :a OR sk = :a";
        expect(await refusal(by("pk = :a", A, { IndexName: "local", FilterExpression }))).toBe(message("local"));
        expect(await refusal(by("g = :a", A, { IndexName: "global", FilterExpression }))).toBe(message("global"));
        const { Count } = await by("pk = :a", A, { IndexName: "local", FilterExpression: "sk <> :a" });
        expect(Count).toBe(1);
      });

      it("is not looked at so by a Scan, which filters what the index has", async () => {
        const { Count, ScannedCount } = await scan({
          TableName: table,
          IndexName: "global",
          FilterExpression: "attribute_exists(extra)",
        });
        expect([Count, ScannedCount]).toEqual([0, 1]);
      });
    });
  });
});
