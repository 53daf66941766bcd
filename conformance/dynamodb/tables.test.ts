import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeLimitsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  ScanCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateTableCommand,
  type CreateTableCommandInput,
  type UpdateTableCommandInput,
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
  uniqueName,
  useDynamoDb,
  validation,
} from "./support.ts";

const { client } = useDynamoDb();

const describeTable = async (TableName: string) => (await client.send(new DescribeTableCommand({ TableName }))).Table;

const create = (input: Partial<CreateTableCommandInput>) =>
  client.send(
    new CreateTableCommand({
      TableName: uniqueName("create"),
      AttributeDefinitions: attributes({ pk: "S" }),
      KeySchema: keys("pk"),
      BillingMode: "PAY_PER_REQUEST",
      ...input,
    }),
  );

describe("CreateTable", () => {
  describe("validation", () => {
    const throughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
    it.each<[string, Partial<CreateTableCommandInput>, string]>([
      [
        "a name that is too short",
        { TableName: "ab" },
        validation(
          "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: " +
            "Member must have length greater than or equal to 3",
        ),
      ],
      [
        "a key attribute without a definition",
        { KeySchema: keys("other") },
        invalid(
          "Some index key attributes are not defined in AttributeDefinitions. Keys: [other], AttributeDefinitions: [pk]",
        ),
      ],
      [
        "more keys than definitions",
        { KeySchema: keys("pk", "pk") },
        validation("Invalid KeySchema: Some index key attribute have no definition"),
      ],
      [
        "one attribute as both keys",
        { AttributeDefinitions: attributes({ pk: "S", sk: "S" }), KeySchema: keys("pk", "pk") },
        validation("Both the Hash Key and the Range Key element in the KeySchema have the same name"),
      ],
      [
        "a range key first",
        { KeySchema: [{ AttributeName: "pk", KeyType: "RANGE" }] },
        validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
      ],
      [
        "definitions that no key uses",
        { AttributeDefinitions: attributes({ pk: "S", unused: "S" }) },
        invalid(
          "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
        ),
      ],
      [
        "throughput of a table on demand",
        { ProvisionedThroughput: throughput },
        invalid(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
        ),
      ],
      [
        "a provisioned table without throughput",
        { BillingMode: "PROVISIONED" },
        invalid("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"),
      ],
      [
        "neither definitions nor keys",
        { AttributeDefinitions: undefined, KeySchema: undefined },
        validation(
          "2 validation errors detected: Value null at 'attributeDefinitions' failed to satisfy constraint: Member must not be " +
            "null; Value null at 'keySchema' failed to satisfy constraint: Member must not be null",
        ),
      ],
      ["an empty list of indexes", { GlobalSecondaryIndexes: [] }, invalid("List of GlobalSecondaryIndexes is empty")],
      [
        "an INCLUDE projection that includes nothing",
        {
          AttributeDefinitions: attributes({ pk: "S", g: "S" }),
          GlobalSecondaryIndexes: [globalIndex("index", "g", undefined, { ProjectionType: "INCLUDE" })],
        },
        invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified"),
      ],
      [
        "two indexes of one name",
        {
          AttributeDefinitions: attributes({ pk: "S", g: "S" }),
          GlobalSecondaryIndexes: [globalIndex("same", "g"), globalIndex("same", "pk")],
        },
        invalid("Duplicate index name: same"),
      ],
      [
        "a local index on a table without a sort key",
        {
          AttributeDefinitions: attributes({ pk: "S", l: "S" }),
          LocalSecondaryIndexes: [
            { IndexName: "local", KeySchema: keys("pk", "l"), Projection: { ProjectionType: "ALL" } },
          ],
        },
        invalid("Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex"),
      ],
    ])("refuses %s", async (_what, input, message) => {
      expect(await refusal(create(input))).toBe(message);
    });

    it("refuses a second table of the same name", async () => {
      const TableName = await createTable(client);
      expect(await refusal(create({ TableName }))).toBe(`ResourceInUseException: Table already exists: ${TableName}`);
    });
  });

  describe("behaviour", () => {
    it("answers a table that is CREATING, which is ACTIVE a moment later", async () => {
      const TableName = uniqueName("lifecycle");
      const { TableDescription } = await create({ TableName });
      expect(TableDescription?.TableStatus).toBe("CREATING");
      expect((await describeTable(TableName))?.TableStatus).toBe("ACTIVE");
    });

    it("describes keys, indexes, billing mode and protection as they were given", async () => {
      const TableName = uniqueName("described");
      await create({
        TableName,
        AttributeDefinitions: attributes({ pk: "S", sk: "N", g: "B" }),
        KeySchema: keys("pk", "sk"),
        GlobalSecondaryIndexes: [
          globalIndex("global", "g", "sk", { ProjectionType: "INCLUDE", NonKeyAttributes: ["a", "b"] }),
        ],
        LocalSecondaryIndexes: [
          { IndexName: "local", KeySchema: keys("pk", "g"), Projection: { ProjectionType: "KEYS_ONLY" } },
        ],
        DeletionProtectionEnabled: true,
        TableClass: "STANDARD_INFREQUENT_ACCESS",
      });
      const table = await describeTable(TableName);
      expect(table).toMatchObject({
        TableName,
        TableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`,
        KeySchema: keys("pk", "sk"),
        AttributeDefinitions: attributes({ pk: "S", sk: "N", g: "B" }),
        ItemCount: 0,
        TableSizeBytes: 0,
        BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
        DeletionProtectionEnabled: true,
        TableClassSummary: { TableClass: "STANDARD_INFREQUENT_ACCESS" },
        GlobalSecondaryIndexes: [
          {
            IndexName: "global",
            IndexStatus: "ACTIVE",
            KeySchema: keys("g", "sk"),
            Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["a", "b"] },
            IndexArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}/index/global`,
          },
        ],
        LocalSecondaryIndexes: [{ IndexName: "local", KeySchema: keys("pk", "g") }],
      });
      expect(table?.TableId).toMatch(/^[0-9a-f-]{36}$/);
      expect(table?.CreationDateTime).toBeInstanceOf(Date);
    });
  });
});

describe("DescribeTable", () => {
  it("takes the table's ARN for its name", async () => {
    const TableName = await createTable(client);
    expect((await describeTable(`arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`))?.TableName).toBe(
      TableName,
    );
  });

  it("names the table that is not there", async () => {
    expect(await refusal(describeTable("absent"))).toBe(
      "ResourceNotFoundException: Requested resource not found: Table: absent not found",
    );
  });

  it("counts the items and bytes of the table and of each index", async () => {
    const TableName = await createTable(client, {
      AttributeDefinitions: attributes({ pk: "S", g: "S" }),
      GlobalSecondaryIndexes: [globalIndex("index", "g", undefined, { ProjectionType: "KEYS_ONLY" })],
    });
    await putAll(client, TableName, [
      { pk: { S: "a" }, g: { S: "1" }, more: { S: "12345" } },
      { pk: { S: "b" } },
      { pk: { S: "a" }, g: { S: "1" }, more: { S: "123" } },
    ]);
    const table = await describeTable(TableName);
    expect([table?.ItemCount, table?.TableSizeBytes]).toEqual([2, 3 + 2 + 7 + 3]);
    const [index] = table?.GlobalSecondaryIndexes ?? [];
    expect([index?.ItemCount, index?.IndexSizeBytes]).toEqual([1, 5]);
  });
});

describe("DeleteTable", () => {
  const remove = (TableName: string) => client.send(new DeleteTableCommand({ TableName }));

  it("answers a table that is DELETING, which is gone a moment later with its items", async () => {
    const TableName = await createTable(client);
    await putAll(client, TableName, [{ pk: { S: "a" } }]);
    expect((await remove(TableName)).TableDescription?.TableStatus).toBe("DELETING");
    expect(await refusal(describeTable(TableName))).toContain("ResourceNotFoundException");
    await createTable(client, { TableName });
    expect((await describeTable(TableName))?.ItemCount).toBe(0);
  });

  it("refuses a table that is protected, until the protection is taken off", async () => {
    const TableName = await createTable(client, { DeletionProtectionEnabled: true });
    expect(await refusal(remove(TableName))).toBe(
      validation(
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
      ),
    );
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await remove(TableName);
    expect(await refusal(remove(TableName))).toContain(`Table: ${TableName} not found`);
  });
});

describe("ListTables", () => {
  it("lists names in order, by pages", async () => {
    const prefix = uniqueName("list");
    for (const end of ["c", "a", "b"]) await createTable(client, { TableName: `${prefix}-${end}` });
    const first = await client.send(new ListTablesCommand({ ExclusiveStartTableName: prefix, Limit: 2 }));
    expect(first).toMatchObject({
      TableNames: [`${prefix}-a`, `${prefix}-b`],
      LastEvaluatedTableName: `${prefix}-b`,
    });
    const second = await client.send(
      new ListTablesCommand({ ExclusiveStartTableName: first.LastEvaluatedTableName, Limit: 100 }),
    );
    expect(second.TableNames?.[0]).toBe(`${prefix}-c`);
    expect(second.LastEvaluatedTableName).toBeUndefined();
  });

  it("takes at most 100", async () => {
    expect(await refusal(client.send(new ListTablesCommand({ Limit: 101 })))).toBe(
      validation(
        "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100",
      ),
    );
  });
});

describe("UpdateTable", () => {
  const update = (input: UpdateTableCommandInput) => client.send(new UpdateTableCommand(input));

  describe("validation", () => {
    it("wants something to change", async () => {
      const TableName = await createTable(client);
      expect(await refusal(update({ TableName }))).toBe(
        validation(
          "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or " +
            "SSESpecification or ReplicaUpdates is required",
        ),
      );
    });

    it("refuses throughput that is the same already", async () => {
      const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 6 };
      const TableName = await createTable(client, { ProvisionedThroughput });
      expect(await refusal(update({ TableName, ProvisionedThroughput }))).toContain(
        "The provisioned throughput for the table will not change. The requested value equals the current value.",
      );
    });

    it("refuses two new indexes at once", async () => {
      const TableName = await createTable(client);
      const call = update({
        TableName,
        AttributeDefinitions: attributes({ a: "S", b: "S" }),
        GlobalSecondaryIndexUpdates: ["a", "b"].map((name) => ({
          Create: { ...globalIndex(`index-${name}`, name), IndexName: `index-${name}` } as never,
        })),
      });
      expect(await refusal(call)).toBe(
        "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
      );
    });

    it("refuses to delete an index that is not there", async () => {
      const TableName = await createTable(client);
      const call = update({ TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "absent" } }] });
      expect(await refusal(call)).toContain("ResourceNotFoundException");
    });
  });

  describe("behaviour", () => {
    it("leaves what is no key out of a new index, and fills it with the rest", async () => {
      const TableName = await createSorted(client);
      const of = (sk: string, g: string, h = "h") => ({ pk: { S: "p" }, sk: { S: sk }, g: { S: g }, h: { S: h } });
      await putAll(client, TableName, [
        of("empty", ""),
        of("empty-partition", "g", ""),
        of("longest", "g".repeat(1024), "h".repeat(2048)),
        of("too-long", "g".repeat(1025)),
        of("too-long-partition", "g", "h".repeat(2049)),
        of("much-too-long", "g".repeat(5000)),
      ]);
      await update({
        TableName,
        AttributeDefinitions: attributes({ h: "S", g: "S" }),
        GlobalSecondaryIndexUpdates: [{ Create: globalIndex("index", "h", "g") }],
      });
      const index = await eventually("the index is filled", async () => {
        const [first] = (await describeTable(TableName))?.GlobalSecondaryIndexes ?? [];
        return first?.IndexStatus === "ACTIVE" ? first : undefined;
      });
      expect(index.ItemCount).toBe(1);
      const { Items = [] } = await client.send(new ScanCommand({ TableName, IndexName: "index" }));
      expect(Items.map(({ sk }) => sk?.S)).toEqual(["longest"]);
      await client.send(new DeleteItemCommand({ TableName, Key: { pk: { S: "p" }, sk: { S: "much-too-long" } } }));
      expect((await describeTable(TableName))?.ItemCount).toBe(5);
    });

    it("changes throughput and remembers when it rose and fell", async () => {
      const TableName = await createTable(client, {
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      });
      await update({ TableName, ProvisionedThroughput: { ReadCapacityUnits: 9, WriteCapacityUnits: 2 } });
      const table = await describeTable(TableName);
      expect(table?.TableStatus).toBe("ACTIVE");
      expect(table?.ProvisionedThroughput).toMatchObject({
        ReadCapacityUnits: 9,
        WriteCapacityUnits: 2,
        NumberOfDecreasesToday: 1,
        LastIncreaseDateTime: expect.any(Date),
        LastDecreaseDateTime: expect.any(Date),
      });
    });

    it("changes between provisioned and on demand", async () => {
      const TableName = await createTable(client, {
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      });
      await update({ TableName, BillingMode: "PAY_PER_REQUEST" });
      expect(await describeTable(TableName)).toMatchObject({
        BillingModeSummary: { BillingMode: "PAY_PER_REQUEST", LastUpdateToPayPerRequestDateTime: expect.any(Date) },
        ProvisionedThroughput: { ReadCapacityUnits: 0 },
      });
      await update({
        TableName,
        BillingMode: "PROVISIONED",
        ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 },
      });
      expect(await describeTable(TableName)).toMatchObject({
        BillingModeSummary: { BillingMode: "PROVISIONED" },
        ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 },
      });
    });

    it("forgets the definitions of attributes with the index that used them", async () => {
      const TableName = await createSorted(client, {
        AttributeDefinitions: attributes({ pk: "S", sk: "S", g: "S" }),
        GlobalSecondaryIndexes: [globalIndex("index", "g")],
      });
      await update({ TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "index" } }] });
      const table = await describeTable(TableName);
      expect(table?.GlobalSecondaryIndexes).toBeUndefined();
      expect(table?.AttributeDefinitions).toEqual(attributes({ pk: "S", sk: "S" }));
    });
  });
});

describe("TagResource", () => {
  const list = (ResourceArn: string, NextToken?: string) =>
    client.send(new ListTagsOfResourceCommand({ ResourceArn, NextToken }));
  const arnOf = async (name: string) => (await describeTable(name))?.TableArn ?? "";

  it("adds, replaces and removes tags, and lists them by pages of ten", async () => {
    const ResourceArn = await arnOf(await createTable(client, { Tags: [{ Key: "k00", Value: "old" }] }));
    const Tags = Array.from({ length: 12 }, (_, i) => ({ Key: `k${String(i).padStart(2, "0")}`, Value: `${i}` }));
    await client.send(new TagResourceCommand({ ResourceArn, Tags }));
    const first = await list(ResourceArn);
    expect(first.Tags).toEqual(Tags.slice(0, 10));
    expect((await list(ResourceArn, first.NextToken)).Tags).toEqual(Tags.slice(10));
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: Tags.slice(1).map(({ Key }) => Key) }));
    expect((await list(ResourceArn)).Tags).toEqual([{ Key: "k00", Value: "0" }]);
  });

  it("names the ARN that is not there, and one that is none", async () => {
    const arn = "arn:aws:dynamodb:us-east-1:000000000000:table/absent";
    expect(await refusal(list(arn))).toBe(
      `ResourceNotFoundException: Requested resource not found: ResourcArn: ${arn} not found`,
    );
    expect(await refusal(list("no-arn"))).toContain("ValidationException: Invalid TableArn");
  });
});

describe("settings of later versions", () => {
  it("says that time to live is disabled", async () => {
    const TableName = await createTable(client);
    expect((await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription).toEqual({
      TimeToLiveStatus: "DISABLED",
    });
  });

  it("answers limits and continuous backups", async () => {
    const TableName = await createTable(client);
    expect(await client.send(new DescribeLimitsCommand({}))).toMatchObject({ TableMaxReadCapacityUnits: 40_000 });
    expect(
      (await client.send(new DescribeContinuousBackupsCommand({ TableName }))).ContinuousBackupsDescription,
    ).toMatchObject({ ContinuousBackupsStatus: "ENABLED" });
  });
});

describe("a table with a clock that stands still", () => {
  const still = useDynamoDb({ manualClock: true });

  it("is CREATING, and not there for items, until time goes on", async () => {
    const TableName = await createTable(still.client);
    const put = () => still.client.send(new PutItemCommand({ TableName, Item: { pk: { S: "a" } } }));
    const status = async () => (await still.client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus;
    expect(await status()).toBe("CREATING");
    expect(await refusal(put())).toBe("ResourceNotFoundException: Requested resource not found");
    expect(await refusal(still.client.send(new DeleteTableCommand({ TableName })))).toBe(
      `ResourceInUseException: Attempt to change a resource which is still in use: Table is being created: ${TableName}`,
    );
    await still.target.clock.advance(1);
    expect(await status()).toBe("ACTIVE");
    await put();
  });
});
