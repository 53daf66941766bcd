/** Proves CreateTable, DescribeTable and DeleteTable. */
import {
  CreateTableCommand,
  DeleteTableCommand,
  PutItemCommand,
  UpdateTableCommand,
  type CreateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { embeddedOnly } from "../targets/current.ts";
import {
  activeTable,
  attributes,
  createTable,
  describeTable,
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

const provisioned = { ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 10 } };
const indexed = {
  AttributeDefinitions: attributes({ pk: "S", gk: "S" }),
  GlobalSecondaryIndexes: [globalIndex("by-gk", "gk")],
};
const INITIAL =
  "initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/" +
  "on-demand-capacity-mode.html#on-demand-capacity-mode-initial";

describe("CreateTable", () => {
  describe("validation", () => {
    const throughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
    it.each(["", "standard", "FROZEN"])("refuses the table class %j", async (given) => {
      const TableClass = given as "STANDARD";
      const message = validation(
        "Invalid table-class parameter provided. Please try again with a valid table-class value: " +
          "[STANDARD, STANDARD_INFREQUENT_ACCESS].",
      );
      expect(await refusal(create({ TableClass }))).toBe(message);
      const TableName = await createTable(client);
      expect(await refusal(client.send(new UpdateTableCommand({ TableName, TableClass })))).toBe(message);
    });

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
        "a projection that includes an attribute twice",
        {
          AttributeDefinitions: attributes({ pk: "S", g: "S" }),
          GlobalSecondaryIndexes: [
            globalIndex("index", "g", undefined, { ProjectionType: "INCLUDE", NonKeyAttributes: ["a", "b", "a"] }),
          ],
        },
        invalid("Duplicate attribute in NonKeyAttributes: a"),
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
      expect((await describeTable(client, TableName))?.TableStatus).toBe("ACTIVE");
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
      const table = await describeTable(client, TableName);
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
      expect(table?.BillingModeSummary?.LastUpdateToPayPerRequestDateTime).toEqual(table?.CreationDateTime);
    });
  });

  describe("settings", () => {
    it.each<[string, Partial<CreateTableCommandInput>, string]>([
      [
        "a limit of on-demand throughput for a provisioned table",
        { ...provisioned, OnDemandThroughput: { MaxReadRequestUnits: 5 } },
        "MaxReadRequestUnits for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.",
      ],
      [
        "a limit of 0",
        { OnDemandThroughput: { MaxWriteRequestUnits: 0 } },
        "Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of valid range",
      ],
      [
        "a limit of -1, where there is none to take away",
        { OnDemandThroughput: { MaxReadRequestUnits: -1 } },
        "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range",
      ],
      [
        "a warm throughput below what on-demand tables begin with",
        { WarmThroughput: { ReadUnitsPerSecond: 1, WriteUnitsPerSecond: 1 } },
        `Requested ReadUnitsPerSecond for WarmThroughput for table is lower than ${INITIAL}`,
      ],
      [
        "a warm throughput below the provisioned one",
        { ...provisioned, WarmThroughput: { ReadUnitsPerSecond: 5, WriteUnitsPerSecond: 5 } },
        "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than ReadCapacityUnits of ProvisionedThroughput",
      ],
      [
        "a kind of encryption that is none",
        { SSESpecification: { Enabled: false, SSEType: "KMS" } },
        "SSEType can not be specified if Enabled is false",
      ],
      [
        "the encryption that was never offered",
        { SSESpecification: { Enabled: true, SSEType: "AES256" } },
        "SSEType AES256 is not supported",
      ],
      [
        "a key without a kind",
        { SSESpecification: { Enabled: true, KMSMasterKeyId: "alias/aws/dynamodb" } },
        "SSEType KMS is required if KMSMasterKeyId is specified",
      ],
    ])("refuses %s", async (_what, definition, message) => {
      expect(await refusal(createTable(client, definition))).toBe(invalid(message));
    });

    it("refuses keys of the customer's own by name", async () => {
      embeddedOnly("is about what Headwater refuses by name");
      const SSESpecification = { Enabled: true, SSEType: "KMS" as const, KMSMasterKeyId: "alias/mine" };
      expect(await refusal(createTable(client, { SSESpecification }))).toMatch(/^NotImplemented: .*KMSMasterKeyId/);
    });

    it("tells the settings of the table and its indexes", async () => {
      const name = await createTable(client, {
        ...indexed,
        GlobalSecondaryIndexes: [{ ...globalIndex("by-gk", "gk"), OnDemandThroughput: { MaxReadRequestUnits: 7 } }],
        OnDemandThroughput: { MaxReadRequestUnits: 5 },
        WarmThroughput: { ReadUnitsPerSecond: 12_001 },
        SSESpecification: { Enabled: true },
      });
      expect(await activeTable(client, name)).toMatchObject({
        OnDemandThroughput: { MaxReadRequestUnits: 5 },
        WarmThroughput: { ReadUnitsPerSecond: 12_001, WriteUnitsPerSecond: 4000, Status: "ACTIVE" },
        SSEDescription: {
          Status: "ENABLED",
          SSEType: "KMS",
          KMSMasterKeyArn: expect.stringMatching(/^arn:aws:kms:us-east-1:\d{12}:key\/[\da-f-]{36}$/),
        },
        GlobalSecondaryIndexes: [
          {
            OnDemandThroughput: { MaxReadRequestUnits: 7 },
            WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000, Status: "ACTIVE" },
          },
        ],
      });
    });

    it("is getting warm in the answer", async () => {
      const { TableDescription } = await create({ WarmThroughput: { WriteUnitsPerSecond: 4001 } });
      expect(TableDescription?.WarmThroughput).toEqual({
        ReadUnitsPerSecond: 12_000,
        WriteUnitsPerSecond: 4001,
        Status: "UPDATING",
      });
    });

    it("has a provisioned table warm for what is provisioned", async () => {
      const name = await createTable(client, provisioned);
      expect(await activeTable(client, name)).toMatchObject({
        WarmThroughput: { ReadUnitsPerSecond: 10, WriteUnitsPerSecond: 10 },
      });
    });
  });
});

describe("DescribeTable", () => {
  it("takes the table's ARN for its name", async () => {
    const TableName = await createTable(client);
    expect((await describeTable(client, `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`))?.TableName).toBe(
      TableName,
    );
  });

  it("refuses an ARN of another region", async () => {
    const arn = `arn:aws:dynamodb:eu-west-1:000000000000:table/${await createTable(client)}`;
    expect(await refusal(describeTable(client, arn))).toBe(
      `ValidationException: 1 validation error detected: Invalid AWS region in '${arn}'`,
    );
  });

  it("names the table that is not there", async () => {
    expect(await refusal(describeTable(client, "absent"))).toBe(
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
    const table = await describeTable(client, TableName);
    expect([table?.ItemCount, table?.TableSizeBytes]).toEqual([2, 3 + 2 + 7 + 3]);
    const [index] = table?.GlobalSecondaryIndexes ?? [];
    expect([index?.ItemCount, index?.IndexSizeBytes]).toEqual([1, 5]);
  });
});

describe("DeleteTable", () => {
  const remove = (TableName: string) => client.send(new DeleteTableCommand({ TableName }));

  it("answers a table that is DELETING, which is gone a moment later with its items", async () => {
    const TableName = await createTable(client, {
      AttributeDefinitions: attributes({ pk: "S", sk: "S", g: "S" }),
      KeySchema: keys("pk", "sk"),
      GlobalSecondaryIndexes: [globalIndex("global", "g")],
      LocalSecondaryIndexes: [
        { IndexName: "local", KeySchema: keys("pk", "g"), Projection: { ProjectionType: "ALL" } },
      ],
    });
    await putAll(client, TableName, [{ pk: { S: "a" }, sk: { S: "b" } }]);
    const { TableDescription = {} } = await remove(TableName);
    expect(TableDescription).toMatchObject({ TableName, TableStatus: "DELETING", ItemCount: 1 });
    expect(TableDescription.BillingModeSummary?.LastUpdateToPayPerRequestDateTime).toBeInstanceOf(Date);
    for (const member of ["AttributeDefinitions", "KeySchema", "CreationDateTime"]) {
      expect(TableDescription).not.toHaveProperty(member);
    }
    expect(TableDescription).not.toHaveProperty("GlobalSecondaryIndexes");
    expect(TableDescription).not.toHaveProperty("LocalSecondaryIndexes");
    expect(await refusal(describeTable(client, TableName))).toContain("ResourceNotFoundException");
    await createTable(client, { TableName });
    expect((await describeTable(client, TableName))?.ItemCount).toBe(0);
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

describe("a table with a clock that stands still", () => {
  const still = useDynamoDb({ manualClock: true });

  it("is CREATING, and not there for items, until time goes on", async () => {
    const TableName = await createTable(still.client);
    const put = () => still.client.send(new PutItemCommand({ TableName, Item: { pk: { S: "a" } } }));
    const status = async () => (await describeTable(still.client, TableName))?.TableStatus;
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
