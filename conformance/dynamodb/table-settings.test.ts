import {
  DescribeEndpointsCommand,
  DescribeTableCommand,
  PutItemCommand,
  UpdateTableCommand,
  type CreateTableCommandInput,
  type UpdateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { eventually } from "../target.ts";
import { attributes, createTable, globalIndex, invalid, refusal, useDynamoDb } from "./support.ts";

const { target, client } = useDynamoDb();

const described = async (TableName: string) => (await client.send(new DescribeTableCommand({ TableName }))).Table;

const active = (TableName: string) =>
  eventually("the table is active", async () => {
    const table = await described(TableName);
    const statuses = [
      table?.TableStatus,
      ...(table?.GlobalSecondaryIndexes ?? []).map(({ IndexStatus }) => IndexStatus),
    ];
    return statuses.every((status) => status === "ACTIVE") ? table : undefined;
  });

async function update(TableName: string, changes: Omit<UpdateTableCommandInput, "TableName">) {
  await client.send(new UpdateTableCommand({ TableName, ...changes }));
  return active(TableName);
}

const provisioned = { ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 10 } };
const indexed = {
  AttributeDefinitions: attributes({ pk: "S", gk: "S" }),
  GlobalSecondaryIndexes: [globalIndex("by-gk", "gk")],
};
const INITIAL =
  "initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/" +
  "on-demand-capacity-mode.html#on-demand-capacity-mode-initial";

describe("CreateTable", () => {
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
    expect(await active(name)).toMatchObject({
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

  it("has a provisioned table warm for what is provisioned", async () => {
    const name = await createTable(client, provisioned);
    expect(await active(name)).toMatchObject({ WarmThroughput: { ReadUnitsPerSecond: 10, WriteUnitsPerSecond: 10 } });
  });
});

describe("UpdateTable", () => {
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
    ["the encryption that is there", { SSESpecification: { Enabled: false } }, "Table is already encrypted by default"],
  ])("refuses %s", async (_what, changes, message) => {
    const name = await createTable(client);
    await active(name);
    expect(await refusal(update(name, changes))).toBe(invalid(message));
  });

  it("refuses limits of on-demand throughput for a provisioned table", async () => {
    const name = await createTable(client, provisioned);
    await active(name);
    expect(await refusal(update(name, { OnDemandThroughput: { MaxReadRequestUnits: 5 } }))).toBe(
      invalid(
        "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED",
      ),
    );
  });

  it("sets, changes and takes away limits of tables and indexes", async () => {
    const name = await createTable(client, indexed);
    await active(name);
    const limits = { MaxReadRequestUnits: 5, MaxWriteRequestUnits: 6 };
    expect(await update(name, { OnDemandThroughput: limits })).toMatchObject({ OnDemandThroughput: limits });
    expect(await update(name, { OnDemandThroughput: { MaxReadRequestUnits: -1 } })).toMatchObject({
      OnDemandThroughput: { MaxWriteRequestUnits: 6 },
    });
    expect(await update(name, { OnDemandThroughput: { MaxWriteRequestUnits: -1 } })).not.toHaveProperty(
      "OnDemandThroughput",
    );
    const Update = { IndexName: "by-gk", OnDemandThroughput: limits };
    const table = await update(name, { GlobalSecondaryIndexUpdates: [{ Update }] });
    expect(table.GlobalSecondaryIndexes).toMatchObject([{ OnDemandThroughput: limits }]);
  });

  it("raises warm throughput, and keeps it when the billing mode changes", async () => {
    const name = await createTable(client);
    await active(name);
    const WarmThroughput = { ReadUnitsPerSecond: 20_000, WriteUnitsPerSecond: 5000 };
    expect(await update(name, { WarmThroughput })).toMatchObject({ WarmThroughput });
    expect(await update(name, { BillingMode: "PROVISIONED", ...provisioned })).toMatchObject({ WarmThroughput });
  });

  it("changes the key that encrypts the table", async () => {
    const name = await createTable(client);
    expect(await active(name)).not.toHaveProperty("SSEDescription");
    expect(await update(name, { SSESpecification: { Enabled: true } })).toMatchObject({
      SSEDescription: { SSEType: "KMS" },
    });
    expect(await refusal(update(name, { SSESpecification: { Enabled: true, SSEType: "KMS" } }))).toMatch(
      /^ValidationException: .*already encrypted/,
    );
    expect(await update(name, { SSESpecification: { Enabled: false } })).not.toHaveProperty("SSEDescription");
  });

  it("tells when the class was changed", async () => {
    const name = await createTable(client);
    await active(name);
    expect(await update(name, { TableClass: "STANDARD_INFREQUENT_ACCESS" })).toMatchObject({
      TableClassSummary: { TableClass: "STANDARD_INFREQUENT_ACCESS", LastUpdateDateTime: expect.any(Date) },
    });
  });
});

describe("DescribeEndpoints", () => {
  it("answers the endpoint that was called", async () => {
    const { Endpoints } = await client.send(new DescribeEndpointsCommand({}));
    expect(Endpoints).toEqual([{ Address: new URL(target.endpoint).host, CachePeriodInMinutes: 1440 }]);
  });
});

describe("limits of on-demand throughput", () => {
  const limited = useDynamoDb({ dynamodbLimits: "on", manualClock: true });

  it("throttle the table, and say so", async () => {
    const name = await createTable(limited.client, { OnDemandThroughput: { MaxWriteRequestUnits: 2 } });
    await limited.target.clock.advance(1000);
    const put = (pk: string) => limited.client.send(new PutItemCommand({ TableName: name, Item: { pk: { S: pk } } }));
    await put("a");
    await put("b");
    await expect(put("c")).rejects.toMatchObject({
      name: "ThrottlingException",
      throttlingReasons: [{ reason: "TableWriteMaxOnDemandThroughputExceeded" }],
    });
    await limited.target.clock.advance(1000);
    await put("c");
  });
});
