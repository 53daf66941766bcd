import {
  BatchExecuteStatementCommand,
  CreateBackupCommand,
  CreateTableCommand,
  DeleteItemCommand,
  ExecuteStatementCommand,
  PutItemCommand,
  QueryCommand,
  RestoreTableFromBackupCommand,
  ScanCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  type GlobalSecondaryIndex,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import { eventually } from "../target.ts";
import {
  activeTable,
  attributes,
  createTable,
  describeTable,
  globalIndex,
  invalid,
  keys,
  N,
  putAll,
  refusal,
  S,
  uniqueName,
  useDynamoDb,
  validation,
  type Item,
} from "./support.ts";

/** Global indexes whose keys have several attributes. */

const { client } = useDynamoDb();

const B = (...bytes: number[]) => ({ B: new Uint8Array(bytes) });

const TYPES = { pk: "S", site: "S", room: "N", kind: "S", deg: "N", code: "B" } as const;
const HASHES = ["site", "room"];
const RANGES = ["kind", "deg", "code"];
const SEVERAL = globalIndex("several", HASHES, RANGES);

interface Reading {
  readonly site?: string;
  readonly room?: number;
  readonly kind?: string;
  readonly deg?: number;
  readonly code?: number;
}

const reading = (pk: string, { site = "a", room = 1, kind = "mon", deg = 1, code = 0 }: Reading = {}): Item => ({
  pk: S(pk),
  site: S(site),
  room: N(room),
  kind: S(kind),
  deg: N(deg),
  code: B(code),
});

/** An item without some of its attributes. */
const without = (item: Item, ...gone: string[]): Item =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !gone.includes(name)));

const createSeveral = (index: GlobalSecondaryIndex = SEVERAL) =>
  createTable(client, { AttributeDefinitions: attributes(TYPES), GlobalSecondaryIndexes: [index] });

const VALUES: Item = {
  ":a": S("a"),
  ":one": N(1),
  ":mon": S("mon"),
  ":mo": S("mo"),
  ":two": N(2),
  ":ten": N(10),
  ":first": B(1),
  ":last": B(0xff),
  ":none": S(""),
};

/** A query of `several`; of the values, those that its expressions name. */
function query(TableName: string, KeyConditionExpression: string, more: Partial<QueryCommandInput> = {}) {
  const used = `${KeyConditionExpression} ${more.FilterExpression ?? ""}`.match(/:\w+/g) ?? [];
  return client.send(
    new QueryCommand({
      TableName,
      IndexName: "several",
      KeyConditionExpression,
      ExpressionAttributeValues: Object.fromEntries(used.map((name) => [name, VALUES[name]!])),
      ...more,
    }),
  );
}

const names = ({ Items = [] }: { Items?: Item[] | undefined }) => Items.map(({ pk }) => pk?.S).join(" ");

const PARTITION = "site = :a AND room = :one";

describe("CreateTable and UpdateTable", () => {
  it("take up to four attributes for each key of a global index, and tell them in their order", async () => {
    const hashes = ["d", "c", "b", "a"];
    const ranges = ["h", "g", "f", "e"];
    const KeySchema = keys(hashes, ranges);
    const TableName = await createTable(client, {
      AttributeDefinitions: ["pk", ...hashes, ...ranges].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      GlobalSecondaryIndexes: [globalIndex("eight", hashes, ranges), globalIndex("four", hashes)],
    });
    const { GlobalSecondaryIndexes } = (await describeTable(client, TableName)) ?? {};
    expect(GlobalSecondaryIndexes?.map((index) => index.KeySchema)).toEqual([KeySchema, keys(hashes)]);
  });

  const letters = (count: number) => [..."abcdefghij"].slice(0, count);
  const most = (type: string) => invalid(`The KeySchema exceeds the maximum allowed number of ${type} key attributes`);
  const [hash] = keys("a");
  const [, range] = keys("a", "b");

  it.each([
    ["five attributes of a partition key", keys(letters(5)), most("HASH")],
    ["five attributes of a sort key", keys("pk", letters(5)), most("RANGE")],
    [
      "a partition key behind a sort key",
      [hash!, range!, ...keys("c")],
      invalid("All HASH key attributes must precede RANGE key attributes in the KeySchema"),
    ],
    [
      "no partition key",
      keys([], ["a", "b", "c"]),
      validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
    ],
    ["one attribute twice in a key", keys(["a", "a"]), twice()],
    ["one attribute in both keys", keys(["a", "b"], ["a"]), twice()],
    [
      "one attribute as both keys",
      keys("a", "a"),
      validation("Both the Hash Key and the Range Key element in the KeySchema have the same name"),
    ],
    ["an attribute that is not defined", keys(["a", "other"]), expect.stringContaining("Keys: [a, other]")],
    [
      "nine elements",
      keys(letters(5), letters(9).slice(5)),
      expect.stringMatching(
        /\]' at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 8$/,
      ),
    ],
  ])("refuse %s", async (_what, KeySchema, message) => {
    const index = { IndexName: "index", KeySchema, Projection: { ProjectionType: "ALL" as const } };
    const strings = ["pk", ...letters(9)].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const }));
    const create = new CreateTableCommand({
      TableName: uniqueName("refused"),
      AttributeDefinitions: strings,
      KeySchema: keys("pk"),
      BillingMode: "PAY_PER_REQUEST",
      GlobalSecondaryIndexes: [index],
    });
    expect(await refusal(client.send(create))).toEqual(message);
    const update = new UpdateTableCommand({
      TableName: await createTable(client),
      AttributeDefinitions: strings,
      GlobalSecondaryIndexUpdates: [{ Create: index }],
    });
    expect(await refusal(client.send(update))).toEqual(message);
  });

  function twice(): string {
    return validation("The KeySchema contains multiple key attributes with the same name");
  }

  it("refuse tables and local indexes with keys of several attributes", async () => {
    const definition = { TableName: uniqueName("refused"), BillingMode: "PAY_PER_REQUEST" as const };
    const AttributeDefinitions = attributes({ pk: "S", a: "S", b: "S" });
    const table = { ...definition, AttributeDefinitions, KeySchema: keys("pk", ["a", "b"]) };
    const tooLong = /at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2$/;
    expect(await refusal(client.send(new CreateTableCommand(table)))).toMatch(tooLong);
    const pair = { ...definition, AttributeDefinitions: attributes({ pk: "S", a: "S" }), KeySchema: keys(["pk", "a"]) };
    expect(await refusal(client.send(new CreateTableCommand(pair)))).toBe(
      validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"),
    );
    const LocalSecondaryIndexes = [
      { IndexName: "local", KeySchema: keys("pk", ["a", "b"]), Projection: { ProjectionType: "ALL" as const } },
    ];
    const local = { ...definition, AttributeDefinitions, KeySchema: keys("pk", "a"), LocalSecondaryIndexes };
    expect(await refusal(client.send(new CreateTableCommand(local)))).toMatch(tooLong);
  });

  it("fill a new index with the items that have all of its attributes, and take it away again", async () => {
    const TableName = await createTable(client);
    await putAll(client, TableName, [
      reading("1"),
      without(reading("sparse"), "kind"),
      { ...reading("foreign"), deg: S("1") },
      { ...reading("empty"), site: S("") },
      reading("2", { deg: 2 }),
    ]);
    await client.send(
      new UpdateTableCommand({
        TableName,
        AttributeDefinitions: attributes(TYPES),
        GlobalSecondaryIndexUpdates: [{ Create: SEVERAL }],
      }),
    );
    await activeTable(client, TableName);
    expect(names(await query(TableName, PARTITION))).toBe("1 2");
    await client.send(
      new UpdateTableCommand({ TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "several" } }] }),
    );
    await eventually("the end of the index", async () =>
      (await describeTable(client, TableName))?.GlobalSecondaryIndexes === undefined ? true : undefined,
    );
    expect((await describeTable(client, TableName))?.AttributeDefinitions).toEqual(attributes({ pk: "S" }));
  });
});

describe("writes", () => {
  let table: string;
  beforeAll(async () => {
    table = await createSeveral();
  });

  it("keep the index up to date as items gain, change and lose its attributes", async () => {
    const Key = { pk: S("1") };
    const found = async () => names(await query(table, PARTITION));
    const update = async (UpdateExpression: string, values?: Item) => {
      const ExpressionAttributeValues = values;
      await client.send(new UpdateItemCommand({ TableName: table, Key, UpdateExpression, ExpressionAttributeValues }));
      return found();
    };
    await putAll(client, table, [without(reading("1"), "deg")]);
    expect(await found()).toBe("");
    expect(await update("SET deg = :two", { ":two": N(2) })).toBe("1");
    expect(await update("SET room = :two", { ":two": N(2) })).toBe("");
    expect(await update("SET room = :one", { ":one": N(1) })).toBe("1");
    expect(await update("REMOVE code")).toBe("");
    expect(await update("SET code = :code", { ":code": B(9) })).toBe("1");
    await client.send(new DeleteItemCommand({ TableName: table, Key }));
    expect(await found()).toBe("");
  });

  it.each<[string, Item, string]>([
    [
      "of another type",
      { ...reading("x"), room: S("1") },
      invalid("Type mismatch for Index Key room Expected: N Actual: S IndexName: several"),
    ],
    [
      "that is empty",
      { ...reading("x"), kind: S("") },
      validation(
        "One or more parameter values are not valid. A value specified for a secondary index key is not supported. " +
          "The AttributeValue for a key attribute cannot contain an empty string value. IndexName: several, IndexKey: kind",
      ),
    ],
    [
      "that is too long with the others of its key",
      { ...reading("x", { kind: "x".repeat(600) }), code: { B: new Uint8Array(425) } },
      invalid("Aggregated size of all range keys has exceeded the size limit of 1024 bytes"),
    ],
    [
      "that is empty beside one that is missing",
      { ...without(reading("x"), "site"), code: B() },
      validation(
        "One or more parameter values are not valid. A value specified for a secondary index key is not supported. " +
          "The AttributeValue for a key attribute cannot contain an empty binary value. IndexName: several, IndexKey: code",
      ),
    ],
  ])("refuse a key attribute %s", async (_what, Item, message) => {
    expect(await refusal(client.send(new PutItemCommand({ TableName: table, Item })))).toBe(message);
  });

  it("take keys of the greatest length", async () => {
    const Item = { ...reading("x", { kind: "\u0000".repeat(600) }), code: { B: new Uint8Array(424) } };
    await client.send(new PutItemCommand({ TableName: table, Item: { ...Item, room: N(7) } }));
    const found = await query(table, "site = :a AND room = :seven", {
      ExpressionAttributeValues: { ":a": S("a"), ":seven": N(7) },
    });
    expect(found.Items?.[0]?.["code"]?.B).toHaveLength(424);
  });
});

describe("reads", () => {
  const IN_ORDER = ["6", "4", "2", "3", "1", "5"];
  let table: string;
  beforeAll(async () => {
    table = await createSeveral();
    await putAll(client, table, [
      reading("1", { deg: 10 }),
      reading("2", { deg: 2, code: 1 }),
      reading("3", { deg: 2, code: 0xff }),
      reading("4", { deg: -1 }),
      reading("5", { kind: "tue", deg: 2 }),
      reading("6", { kind: "mo", deg: 5 }),
      reading("7", { room: 2 }),
      reading("8", { site: "b" }),
      without(reading("9"), "room"),
    ]);
  });

  it.each([
    ["", "6 4 2 3 1 5"],
    ["AND kind = :mon", "4 2 3 1"],
    ["AND kind > :mon", "5"],
    ["AND begins_with(kind, :mo)", "6 4 2 3 1"],
    ["AND kind = :mon AND deg <= :two", "4 2 3"],
    ["AND kind = :mon AND deg BETWEEN :two AND :ten", "2 3 1"],
    ["AND kind = :mon AND deg = :two", "2 3"],
    ["AND kind = :mon AND deg = :two AND code > :first", "3"],
    ["AND kind = :mon AND deg = :two AND begins_with(code, :last)", "3"],
    ["AND code = :first AND deg = :two AND kind = :mon", "2"],
    ["AND kind = :mon AND deg > :ten", ""],
  ])("select by the partition %s", async (condition, expected) => {
    expect(names(await query(table, `${PARTITION} ${condition}`))).toBe(expected);
    const reverse = await query(table, `${PARTITION} ${condition}`, { ScanIndexForward: false });
    expect(names(reverse)).toBe(expected.split(" ").toReversed().join(" "));
  });

  it("take the same conditions as legacy parameters", async () => {
    const is = (ComparisonOperator: "EQ" | "GE", value: Item[string]) => ({
      ComparisonOperator,
      AttributeValueList: [value],
    });
    const legacy = (KeyConditions: QueryCommandInput["KeyConditions"]) =>
      client.send(new QueryCommand({ TableName: table, IndexName: "several", KeyConditions }));
    const partition = { site: is("EQ", S("a")), room: is("EQ", N(1)) };
    expect(names(await legacy({ ...partition, kind: is("EQ", S("mon")), deg: is("GE", N(2)) }))).toBe("2 3 1");
    expect(await refusal(legacy({ ...partition, deg: is("GE", N(2)) }))).toBe(
      validation(
        "RANGE key attributes kind must have equality conditions specified in the query because a condition is present on key attribute deg",
      ),
    );
  });

  it("go on from a key with all attributes of the index and the table, in both directions", async () => {
    for (const ScanIndexForward of [true, false]) {
      for (const Limit of [1, 4]) {
        const found: string[] = [];
        let from: Item | undefined;
        do {
          const page = await query(table, PARTITION, { ScanIndexForward, Limit, ExclusiveStartKey: from });
          found.push(...names(page).split(" ").filter(Boolean));
          from = page.LastEvaluatedKey;
          if (from !== undefined) expect(Object.keys(from).toSorted()).toEqual(Object.keys(TYPES).toSorted());
        } while (from !== undefined);
        expect(found).toEqual(ScanIndexForward ? IN_ORDER : IN_ORDER.toReversed());
      }
    }
  });

  const start = reading("2", { deg: 2, code: 1 });
  const AT_MOST_ONE = validation("The query can return at most one row and cannot be restarted");
  it.each<[string, string, Item, string]>([
    ["lacks an attribute", "", without(start, "deg"), validation("The provided starting key is invalid")],
    [
      "has an attribute of another type",
      "",
      { ...start, deg: S("2") },
      validation("The provided starting key is invalid"),
    ],
    ["is of another partition, by its first attribute", "", { ...start, site: S("b") }, AT_MOST_ONE],
    [
      "is of another partition, by its last attribute",
      "",
      { ...start, room: N(2) },
      validation("The provided starting key is outside query boundaries based on provided conditions"),
    ],
    ["is of another partition, beside a condition", "AND kind = :mon", { ...start, room: N(2) }, AT_MOST_ONE],
    [
      "is beyond the condition",
      "AND kind = :mon AND deg > :two",
      start,
      validation("The provided starting key does not match the range key predicate"),
    ],
  ])("refuse a starting key that %s", async (_what, condition, ExclusiveStartKey, message) => {
    expect(await refusal(query(table, `${PARTITION} ${condition}`, { ExclusiveStartKey }))).toBe(message);
  });

  it.each([
    ["site = :a", {}, "HASH key attributes room must have equality conditions specified in the query"],
    [
      `${PARTITION} AND kind = :mon AND code = :first`,
      {},
      "RANGE key attributes deg must have equality conditions specified in the query because a condition is present on key attribute code",
    ],
    [
      PARTITION,
      { FilterExpression: "deg = :two" },
      "Filter Expression can only contain non-primary key attributes: Primary key attribute: deg",
    ],
    [
      `${PARTITION} AND kind = :none`,
      {},
      "One or more parameter values are not valid. A value specified for a secondary index key is not supported. " +
        "The AttributeValue for a key attribute cannot contain an empty string value. IndexName: several, IndexKey: kind",
    ],
  ])("refuse %s with %j", async (condition, more, message) => {
    expect(await refusal(query(table, condition, more))).toBe(validation(message));
  });

  it("filter by attributes of the table's key", async () => {
    expect(names(await query(table, PARTITION, { FilterExpression: "pk > :mo OR pk < :mo" }))).toBe("6 4 2 3 1 5");
  });

  it("scan what is in the index, each entry in one segment", async () => {
    const TotalSegments = 3;
    const segments = await Promise.all(
      [0, 1, 2].map((Segment) =>
        client.send(new ScanCommand({ TableName: table, IndexName: "several", Segment, TotalSegments })),
      ),
    );
    const found = segments.flatMap(({ Items = [] }) => Items.map(({ pk }) => pk?.S));
    expect(found).toHaveLength(8);
    expect(new Set(found)).toEqual(new Set(["1", "2", "3", "4", "5", "6", "7", "8"]));
  });

  it("have all key attributes of an index that projects nothing else", async () => {
    const TableName = await createSeveral({ ...SEVERAL, Projection: { ProjectionType: "KEYS_ONLY" } });
    const item = reading("1");
    await putAll(client, TableName, [{ ...item, more: S("x") }]);
    expect((await query(TableName, PARTITION)).Items).toEqual([item]);
  });

  const BY_PARTIQL =
    "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.";

  it("are refused to PartiQL, which reads the table", async () => {
    const run = (Statement: string) => client.send(new ExecuteStatementCommand({ Statement }));
    const select = `SELECT pk FROM "${table}"."several" WHERE site = 'a' AND room = 1`;
    expect(await refusal(run(select))).toBe(validation(BY_PARTIQL));
    expect(await refusal(run(`SELECT * FROM "${table}"."several"`))).toBe(validation(BY_PARTIQL));
    expect(names(await run(`SELECT pk FROM "${table}" WHERE pk = '1'`))).toBe("1");
    const Statements = [{ Statement: select }, { Statement: `SELECT pk FROM "${table}" WHERE pk = '1'` }];
    const { Responses } = await client.send(new BatchExecuteStatementCommand({ Statements }));
    expect(Responses).toMatchObject([
      { Error: { Code: "ValidationError", Message: BY_PARTIQL } },
      { Item: { pk: S("1") } },
    ]);
  });
});

describe("RestoreTableFromBackup", () => {
  it("restores the index, and takes only what was one as an override", async () => {
    const TableName = await createSeveral();
    await putAll(client, TableName, [reading("1"), reading("2", { deg: 0 })]);
    const { BackupDetails } = await client.send(new CreateBackupCommand({ TableName, BackupName: "several" }));
    const restore = (index: GlobalSecondaryIndex, TargetTableName = uniqueName("restored")) =>
      client.send(
        new RestoreTableFromBackupCommand({
          BackupArn: BackupDetails?.BackupArn,
          TargetTableName,
          GlobalSecondaryIndexOverride: [index],
        }),
      );
    await eventually("the backup", async () => {
      const answer = await refusal(restore(globalIndex("several", "site", ["room", ...RANGES])));
      return answer.includes("does not match a secondary index that existed") ? true : undefined;
    });
    const target = uniqueName("restored");
    await restore(SEVERAL, target);
    await activeTable(client, target);
    expect(names(await query(target, `${PARTITION} AND kind = :mon`))).toBe("2 1");
  });
});
