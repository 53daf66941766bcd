import {
  DeleteItemCommand,
  ScanCommand,
  UpdateTableCommand,
  type GlobalSecondaryIndexUpdate,
  type UpdateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { eventually } from "../target.ts";
import {
  activeTable,
  attributes,
  createSorted,
  createTable,
  describeTable,
  globalIndex,
  INDEXED,
  invalid,
  keys,
  putAll,
  refusal,
  useDynamoDb,
  validation,
} from "./support.ts";

const { client } = useDynamoDb();

const provisioned = { ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 10 } };
const indexed = {
  AttributeDefinitions: attributes({ pk: "S", gk: "S" }),
  GlobalSecondaryIndexes: [globalIndex("by-gk", "gk")],
};

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

    it("refuses a change that is two, or of a local index", async () => {
      const TableName = await createSorted(client, {
        AttributeDefinitions: attributes({ pk: "S", sk: "S", g: "S" }),
        LocalSecondaryIndexes: [
          { IndexName: "local", KeySchema: keys("pk", "g"), Projection: { ProjectionType: "ALL" } },
        ],
      });
      const change = (...GlobalSecondaryIndexUpdates: GlobalSecondaryIndexUpdate[]) =>
        refusal(update({ TableName, AttributeDefinitions: attributes({ g: "S" }), GlobalSecondaryIndexUpdates }));
      expect(await change({ Create: globalIndex("one", "g"), Delete: { IndexName: "two" } })).toBe(
        invalid(
          "Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, " +
            "GlobalSecondaryIndexUpdate.Delete may be given",
        ),
      );
      expect(await change({ Delete: { IndexName: "local" } })).toBe(
        invalid("The index is not a global secondary index: local"),
      );
      expect(await change({ Create: globalIndex("local", "g") })).toBe(
        validation("Attempting to create an index which already exists: local"),
      );
    });

    it("wants the key of a new index defined, once more and as it was, and overlooks what it does not need", async () => {
      const TableName = await createTable(client, INDEXED);
      const create = (types: Parameters<typeof attributes>[0]) =>
        update({
          TableName,
          AttributeDefinitions: attributes(types),
          GlobalSecondaryIndexUpdates: [{ Create: globalIndex("another", "g") }],
        });
      expect(await refusal(create({}))).toBe(
        invalid(
          "Some index key attributes are not defined in AttributeDefinitions. Keys: [g], AttributeDefinitions: []",
        ),
      );
      expect(await refusal(create({ g: "N" }))).toBe(
        invalid(
          "Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. " +
            "Existing schema: Schema:[SchemaElement: key{g:S:HASH}] New schema: Schema:[SchemaElement: key{g:N:HASH}]",
        ),
      );
      await create({ g: "S", pk: "N", unused: "B" });
      expect((await activeTable(client, TableName)).AttributeDefinitions).toEqual(attributes({ pk: "S", g: "S" }));
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
        const [first] = (await describeTable(client, TableName))?.GlobalSecondaryIndexes ?? [];
        return first?.IndexStatus === "ACTIVE" ? first : undefined;
      });
      expect(index.ItemCount).toBe(1);
      const { Items = [] } = await client.send(new ScanCommand({ TableName, IndexName: "index" }));
      expect(Items.map(({ sk }) => sk?.S)).toEqual(["longest"]);
      await client.send(new DeleteItemCommand({ TableName, Key: { pk: { S: "p" }, sk: { S: "much-too-long" } } }));
      expect((await describeTable(client, TableName))?.ItemCount).toBe(5);
    });

    it("changes throughput and remembers when it rose and fell", async () => {
      const TableName = await createTable(client, {
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      });
      await update({ TableName, ProvisionedThroughput: { ReadCapacityUnits: 9, WriteCapacityUnits: 2 } });
      const table = await describeTable(client, TableName);
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
      expect(await describeTable(client, TableName)).toMatchObject({
        BillingModeSummary: { BillingMode: "PAY_PER_REQUEST", LastUpdateToPayPerRequestDateTime: expect.any(Date) },
        ProvisionedThroughput: { ReadCapacityUnits: 0 },
      });
      await update({
        TableName,
        BillingMode: "PROVISIONED",
        ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 },
      });
      expect(await describeTable(client, TableName)).toMatchObject({
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
      const table = await describeTable(client, TableName);
      expect(table?.GlobalSecondaryIndexes).toBeUndefined();
      expect(table?.AttributeDefinitions).toEqual(attributes({ pk: "S", sk: "S" }));
    });
  });

  describe("settings", () => {
    async function change(TableName: string, changes: Omit<UpdateTableCommandInput, "TableName">) {
      await update({ TableName, ...changes });
      return activeTable(client, TableName);
    }

    it.each<[string, Omit<UpdateTableCommandInput, "TableName">, string]>([
      [
        "encryption with something else",
        { SSESpecification: { Enabled: true }, DeletionProtectionEnabled: false },
        "Server-Side Encryption modification must be the only operation in the request",
      ],
      [
        "the class with something else",
        { TableClass: "STANDARD", BillingMode: "PAY_PER_REQUEST" },
        "TableClass modification must be the only operation in the request",
      ],
      [
        "deletion protection with something else",
        { DeletionProtectionEnabled: true, BillingMode: "PAY_PER_REQUEST" },
        "DeletionProtection modification must be the only operation in the request",
      ],
      [
        "warm throughput with something else",
        { WarmThroughput: { ReadUnitsPerSecond: 20_000 }, BillingMode: "PAY_PER_REQUEST" },
        "WarmThroughput must be the only operation in the request",
      ],
      [
        "limits with something else than the billing mode",
        { OnDemandThroughput: { MaxReadRequestUnits: 5 }, StreamSpecification: { StreamEnabled: false } },
        "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request",
      ],
      [
        "less warm throughput",
        { WarmThroughput: { ReadUnitsPerSecond: 11_999 } },
        "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current WarmThroughput, " +
          "decreasing WarmThroughput is not supported",
      ],
      [
        "the encryption that is there",
        { SSESpecification: { Enabled: false } },
        "Table is already encrypted by default",
      ],
    ])("refuses %s", async (_what, changes, message) => {
      const name = await createTable(client);
      await activeTable(client, name);
      expect(await refusal(change(name, changes))).toBe(invalid(message));
    });

    it("refuses limits of on-demand throughput for a provisioned table", async () => {
      const name = await createTable(client, provisioned);
      await activeTable(client, name);
      expect(await refusal(change(name, { OnDemandThroughput: { MaxReadRequestUnits: 5 } }))).toBe(
        invalid(
          "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED",
        ),
      );
    });

    it("sets, changes and takes away limits of tables and indexes", async () => {
      const name = await createTable(client, indexed);
      await activeTable(client, name);
      const limits = { MaxReadRequestUnits: 5, MaxWriteRequestUnits: 6 };
      expect(await change(name, { OnDemandThroughput: limits })).toMatchObject({ OnDemandThroughput: limits });
      expect(await change(name, { OnDemandThroughput: { MaxReadRequestUnits: -1 } })).toMatchObject({
        OnDemandThroughput: { MaxWriteRequestUnits: 6 },
      });
      expect(await change(name, { OnDemandThroughput: { MaxWriteRequestUnits: -1 } })).not.toHaveProperty(
        "OnDemandThroughput",
      );
      const Update = { IndexName: "by-gk", OnDemandThroughput: limits };
      const table = await change(name, { GlobalSecondaryIndexUpdates: [{ Update }] });
      expect(table.GlobalSecondaryIndexes).toMatchObject([{ OnDemandThroughput: limits }]);
    });

    it("raises warm throughput, and keeps it when the billing mode changes", async () => {
      const name = await createTable(client);
      await activeTable(client, name);
      const WarmThroughput = { ReadUnitsPerSecond: 20_000, WriteUnitsPerSecond: 5000 };
      expect(await change(name, { WarmThroughput })).toMatchObject({ WarmThroughput });
      expect(await change(name, { BillingMode: "PROVISIONED", ...provisioned })).toMatchObject({ WarmThroughput });
    });

    it("changes the key that encrypts the table", async () => {
      const name = await createTable(client);
      expect(await activeTable(client, name)).not.toHaveProperty("SSEDescription");
      expect(await change(name, { SSESpecification: { Enabled: true } })).toMatchObject({
        SSEDescription: { SSEType: "KMS" },
      });
      expect(await refusal(change(name, { SSESpecification: { Enabled: true, SSEType: "KMS" } }))).toMatch(
        /^ValidationException: .*already encrypted/,
      );
      expect(await change(name, { SSESpecification: { Enabled: false } })).not.toHaveProperty("SSEDescription");
    });

    it("tells when the class was changed", async () => {
      const name = await createTable(client);
      await activeTable(client, name);
      expect(await change(name, { TableClass: "STANDARD_INFREQUENT_ACCESS" })).toMatchObject({
        TableClassSummary: { TableClass: "STANDARD_INFREQUENT_ACCESS", LastUpdateDateTime: expect.any(Date) },
      });
    });
  });
});
