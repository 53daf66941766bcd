import {
  DeleteBackupCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  QueryCommand,
  RestoreTableFromBackupCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type RestoreTableFromBackupCommandInput,
} from "@aws-sdk/client-dynamodb";
import { sessionsOn, useDataDirectory } from "../data-directory.ts";
import { contents, numbered, putMany, recoverable, useBackups } from "./backup-support.ts";
import {
  attributes,
  createTable,
  describeTable,
  globalIndex,
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

const SECOND_MS = 1000;

const { target, client } = useDynamoDb({ manualClock: true });

const { createActive, backUp, list, restore } = useBackups(target, client);

describe("RestoreTableFromBackup", () => {
  it("makes a table of the backup, with its schema and items and nothing else", async () => {
    const name = await createActive({
      AttributeDefinitions: attributes({ pk: "S", sk: "S", g: "S", l: "S" }),
      KeySchema: keys("pk", "sk"),
      GlobalSecondaryIndexes: [globalIndex("global", "g", "sk", { ProjectionType: "KEYS_ONLY" })],
      LocalSecondaryIndexes: [
        { IndexName: "local", KeySchema: keys("pk", "l"), Projection: { ProjectionType: "ALL" } },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
      TableClass: "STANDARD_INFREQUENT_ACCESS",
      DeletionProtectionEnabled: true,
      Tags: [{ Key: "a", Value: "b" }],
    });
    await client.send(
      new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: { Enabled: true, AttributeName: "t" } }),
    );
    await recoverable(client, name);
    const items: Item[] = [
      { pk: S("1"), sk: S("a"), g: S("x"), l: S("1"), extra: { L: [N(1), { BOOL: true }] } },
      { pk: S("1"), sk: S("b"), l: S("0") },
      { pk: S("2"), sk: S("a"), g: S("x") },
    ];
    await putAll(client, name, items);
    const arn = await backUp(name);
    await target.clock.advance(1);
    const restored = await restore(arn);
    const creating = await describeTable(client, restored);
    expect(creating).toMatchObject({
      TableStatus: "CREATING",
      RestoreSummary: {
        SourceBackupArn: arn,
        SourceTableArn: (await describeTable(client, name))?.TableArn,
        RestoreInProgress: true,
      },
    });
    await target.clock.advance(1);
    const table = await describeTable(client, restored);
    expect(table).toMatchObject({
      TableStatus: "ACTIVE",
      ItemCount: 3,
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      DeletionProtectionEnabled: false,
      GlobalSecondaryIndexes: [{ IndexName: "global", IndexStatus: "ACTIVE", ItemCount: 2 }],
      LocalSecondaryIndexes: [{ IndexName: "local", ItemCount: 2 }],
    });
    for (const absent of ["RestoreSummary", "StreamSpecification", "LatestStreamArn", "TableClassSummary"]) {
      expect(table).not.toHaveProperty(absent);
    }
    const query = async (IndexName: string, key: string, value: string) =>
      (
        await client.send(
          new QueryCommand({
            TableName: restored,
            IndexName,
            KeyConditionExpression: "#k = :v",
            ExpressionAttributeNames: { "#k": key },
            ExpressionAttributeValues: { ":v": S(value) },
          }),
        )
      ).Items;
    expect(await query("local", "pk", "1")).toEqual([items[1], items[0]]);
    expect((await query("global", "g", "x"))?.map(({ pk }) => pk?.S).toSorted()).toEqual(["1", "2"]);
    const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName: restored }));
    expect(ttl.TimeToLiveDescription).toEqual({ TimeToLiveStatus: "DISABLED" });
    const tags = await client.send(new ListTagsOfResourceCommand({ ResourceArn: table?.TableArn }));
    expect(tags.Tags).toEqual([]);
    const recovery = await client.send(new DescribeContinuousBackupsCommand({ TableName: restored }));
    expect(recovery.ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toEqual({
      PointInTimeRecoveryStatus: "DISABLED",
    });
  });

  it("takes another billing mode, other throughput and fewer indexes, by any name", async () => {
    const name = await createActive({
      AttributeDefinitions: attributes({ pk: "S", g: "S", h: "S" }),
      GlobalSecondaryIndexes: [globalIndex("one", "g"), globalIndex("two", "h")],
    });
    await putAll(client, name, [{ pk: S("1"), g: S("g"), h: S("h") }]);
    const arn = await backUp(name);
    await target.clock.advance(1);
    const throughput = { ReadCapacityUnits: 7, WriteCapacityUnits: 8 };
    const restored = await restore(arn, {
      BillingModeOverride: "PROVISIONED",
      ProvisionedThroughputOverride: throughput,
      GlobalSecondaryIndexOverride: [{ ...globalIndex("renamed", "h"), ProvisionedThroughput: throughput }],
    });
    await target.clock.advance(1);
    const table = await describeTable(client, restored);
    expect(table).toMatchObject({
      ProvisionedThroughput: throughput,
      AttributeDefinitions: attributes({ pk: "S", h: "S" }),
      GlobalSecondaryIndexes: [{ IndexName: "renamed", ItemCount: 1, ProvisionedThroughput: throughput }],
    });
    expect(table?.GlobalSecondaryIndexes).toHaveLength(1);
    const bare = await restore(arn, { GlobalSecondaryIndexOverride: [] });
    await target.clock.advance(1);
    expect(await describeTable(client, bare)).not.toHaveProperty("GlobalSecondaryIndexes");
  });

  it("keeps on-demand maxima and encryption, unless told otherwise", async () => {
    const OnDemandThroughput = { MaxReadRequestUnits: 10, MaxWriteRequestUnits: 20 };
    const name = await createActive({ OnDemandThroughput, SSESpecification: { Enabled: true, SSEType: "KMS" } });
    const arn = await backUp(name);
    await target.clock.advance(1);
    const kept = await restore(arn);
    await target.clock.advance(1);
    expect(await describeTable(client, kept)).toMatchObject({ OnDemandThroughput, SSEDescription: { SSEType: "KMS" } });
    const plain = await restore(arn, { SSESpecificationOverride: { Enabled: false } });
    await target.clock.advance(1);
    expect(await describeTable(client, plain)).not.toHaveProperty("SSEDescription");
    const other = await restore(arn, { OnDemandThroughputOverride: { MaxWriteRequestUnits: 30 } });
    await target.clock.advance(1);
    expect(await describeTable(client, other)).toMatchObject({ OnDemandThroughput: { MaxWriteRequestUnits: 30 } });
    const free = await restore(arn, {
      OnDemandThroughputOverride: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: -1 },
    });
    await target.clock.advance(1);
    expect(await describeTable(client, free)).not.toHaveProperty("OnDemandThroughput");
  });

  it("refuses overrides that do not fit, and makes no table then", async () => {
    const name = await createActive();
    const arn = await backUp(name);
    await target.clock.advance(1);
    const TargetTableName = uniqueName("refused");
    const refused = (overrides: Partial<RestoreTableFromBackupCommandInput>) =>
      refusal(restore(arn, { TargetTableName, ...overrides }));
    const throughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
    expect(await refused({ BillingModeOverride: "PROVISIONED" })).toBe(
      validation("Invalid Request: Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED"),
    );
    expect(await refused({ ProvisionedThroughputOverride: throughput })).toBe(
      validation("Invalid Request: Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED"),
    );
    expect(
      await refused({ BillingModeOverride: "PAY_PER_REQUEST", ProvisionedThroughputOverride: throughput }),
    ).toContain("Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST");
    expect(await refused({ GlobalSecondaryIndexOverride: [globalIndex("new", "g")] })).toBe(
      validation(
        "Invalid Request: Index new does not match a secondary index that existed in the source table and cannot be " +
          "created during the restore operation",
      ),
    );
    expect(
      await refused({
        BillingModeOverride: "PROVISIONED",
        ProvisionedThroughputOverride: throughput,
        OnDemandThroughputOverride: { MaxReadRequestUnits: 1 },
      }),
    ).toContain("MaxReadRequestUnits for OnDemandThroughput cannot be specified");
    expect(await refused({ TargetTableName: "a b" })).toContain("'targetTableName'");
    expect(await refused({ BackupArn: arn.replace(/.$/, "x") })).toContain("BackupNotFoundException");
    expect(await refusal(describeTable(client, TargetTableName))).toContain("ResourceNotFoundException");
  });

  it("feeds one restore at a time, into a name that is free", async () => {
    const name = await createActive();
    const arn = await backUp(name);
    await target.clock.advance(1);
    expect(await refusal(restore(arn, { TargetTableName: name }))).toBe(
      `TableAlreadyExistsException: Table already exists: ${name}`,
    );
    const restored = await restore(arn);
    expect(await refusal(restore(arn))).toBe(
      `BackupInUseException: Backup is being used to restore another table: ${arn}`,
    );
    expect(await refusal(restore(arn, { TargetTableName: restored }))).toBe(
      `TableInUseException: Table: ${restored} is already being restored from backup: ${arn}`,
    );
    expect(await refusal(client.send(new DeleteBackupCommand({ BackupArn: arn })))).toBe(
      `BackupInUseException: Backup is being used to restore table: ${arn}`,
    );
    expect(await refusal(backUp(restored))).toBe(`TableNotFoundException: Table not found: ${restored}`);
    expect(await refusal(contents(client, restored))).toContain("ResourceNotFoundException");
    await target.clock.advance(1);
    await restore(arn);
    await target.clock.advance(1);
  });

  it("restores what is gone: backups outlive their table", async () => {
    const name = await createActive();
    await putAll(client, name, [{ pk: S("1") }]);
    const arn = await backUp(name);
    // not even copied yet
    await client.send(new DeleteTableCommand({ TableName: name }));
    await target.clock.advance(1);
    expect((await list({ TableName: name })).BackupSummaries).toHaveLength(1);
    await createTable(client, { TableName: name });
    await target.clock.advance(1);
    expect(await contents(client, await restored(arn))).toEqual({ 1: { pk: S("1") } });
  });

  const restored = async (arn: string): Promise<string> => {
    const name = await restore(arn);
    await target.clock.advance(1);
    return name;
  };
});

describe("a restart", () => {
  const session = sessionsOn(useDataDirectory(), (config) => new DynamoDBClient({ ...config, maxAttempts: 1 }));

  it("goes on with backups and restores", async () => {
    const NOW = Date.UTC(2026, 5, 1);
    const arn = await session(NOW, async (first, clock) => {
      await createTable(first, { TableName: "source" });
      await clock.advance(1);
      await putMany(first, "source", numbered(700, 1));
      const made = await useBackups({ clock }, first).backUp("source");
      await putMany(first, "source", numbered(700, 2));
      return made;
    });
    await session(NOW + SECOND_MS, async (second, clock) => {
      await putMany(second, "source", numbered(700, 3));
      await clock.advance(1);
      await second.send(new RestoreTableFromBackupCommand({ BackupArn: arn, TargetTableName: "restored" }));
    });
    await session(NOW + 2 * SECOND_MS, async (third, clock) => {
      await clock.advance(1);
      const restored = await contents(third, "restored");
      expect(Object.keys(restored)).toHaveLength(700);
      expect(new Set(Object.values(restored).map((item) => item["value"]?.N))).toEqual(new Set(["1"]));
      await third.send(new UpdateTableCommand({ TableName: "restored", DeletionProtectionEnabled: true }));
    });
  });
});
