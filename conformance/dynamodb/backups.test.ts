import {
  CreateBackupCommand,
  DeleteBackupCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeBackupCommand,
  DescribeContinuousBackupsCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  EnableKinesisStreamingDestinationCommand,
  ListBackupsCommand,
  ListTagsOfResourceCommand,
  QueryCommand,
  RestoreTableFromBackupCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type ListBackupsCommandInput,
  type RestoreTableFromBackupCommandInput,
} from "@aws-sdk/client-dynamodb";
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
} from "@aws-sdk/client-kinesis";
import { sessionsOn, useDataDirectory } from "../data-directory.ts";
import { eventually, useClient } from "../target.ts";
import { contents, describeTable, N, numbered, putMany, recoverable, S } from "./backup-support.ts";
import {
  attributes,
  createSorted,
  createTable,
  globalIndex,
  keys,
  putAll,
  refusal,
  uniqueName,
  useDynamoDb,
  validation,
  type Item,
} from "./support.ts";

const SECOND_MS = 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

const { target, client } = useDynamoDb({ manualClock: true });

const elsewhere = useClient(new DynamoDBClient({ ...target.clientConfig(), region: "eu-west-1" }));
const kinesis = useClient(new KinesisClient(target.clientConfig()));

/** A Kinesis stream that the table's changes go to. */
async function createDestination(TableName: string): Promise<string> {
  const StreamName = uniqueName("changes");
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  await target.clock.advance(10 * SECOND_MS);
  const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
  const StreamArn = StreamDescriptionSummary?.StreamARN ?? "";
  await client.send(new EnableKinesisStreamingDestinationCommand({ TableName, StreamArn }));
  await target.clock.advance(SECOND_MS);
  return StreamArn;
}

async function changesIn(StreamARN: string): Promise<unknown[]> {
  await target.clock.advance(SECOND_MS);
  const { ShardIterator } = await kinesis.send(
    new GetShardIteratorCommand({
      StreamARN,
      ShardId: "shardId-000000000000",
      ShardIteratorType: "TRIM_HORIZON",
    }),
  );
  const { Records = [] } = await kinesis.send(new GetRecordsCommand({ StreamARN, ShardIterator }));
  return Records.map(({ Data }) => (JSON.parse(Buffer.from(Data ?? []).toString()) as { eventName: string }).eventName);
}

async function createActive(definition: Parameters<typeof createTable>[1] = {}): Promise<string> {
  const name = await createTable(client, definition);
  await target.clock.advance(1);
  return name;
}

async function backUp(TableName: string, BackupName = "backup", by = client): Promise<string> {
  const { BackupDetails } = await by.send(new CreateBackupCommand({ TableName, BackupName }));
  return BackupDetails?.BackupArn ?? "";
}

const describeBackup = async (BackupArn: string) =>
  (await client.send(new DescribeBackupCommand({ BackupArn }))).BackupDescription;

const list = (input: ListBackupsCommandInput = {}) => client.send(new ListBackupsCommand(input));

async function restore(
  BackupArn: string,
  overrides: Partial<RestoreTableFromBackupCommandInput> = {},
): Promise<string> {
  const TargetTableName = overrides.TargetTableName ?? uniqueName("restored");
  await client.send(new RestoreTableFromBackupCommand({ BackupArn, ...overrides, TargetTableName }));
  return TargetTableName;
}

describe("CreateBackup", () => {
  it("is CREATING in the answer, and AVAILABLE when the items are there", async () => {
    const name = await createActive();
    await putAll(client, name, [{ pk: S("1"), value: N(1) }]);
    const now = target.clock.now();
    const { BackupDetails } = await client.send(new CreateBackupCommand({ TableName: name, BackupName: "first" }));
    const { TableArn, TableId, CreationDateTime } = (await describeTable(client, name)) ?? {};
    const details = {
      BackupArn: expect.stringMatching(`^${TableArn}/backup/0${now}-[0-9a-f]{8}$`),
      BackupName: "first",
      BackupSizeBytes: 10,
      BackupStatus: "CREATING",
      BackupType: "USER",
      BackupCreationDateTime: new Date(now),
    };
    expect(BackupDetails).toEqual(details);
    await target.clock.advance(1);
    expect(await describeBackup(BackupDetails?.BackupArn ?? "")).toEqual({
      BackupDetails: { ...details, BackupStatus: "AVAILABLE" },
      SourceTableDetails: {
        TableName: name,
        TableId,
        TableArn,
        TableSizeBytes: 10,
        KeySchema: keys("pk"),
        TableCreationDateTime: CreationDateTime,
        ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
        ItemCount: 1,
        BillingMode: "PAY_PER_REQUEST",
      },
      SourceTableFeatureDetails: {},
    });
  });

  it("undoes what is written meanwhile in the backup alone, not in replicas and streams", async () => {
    const name = await createActive();
    const ReplicaUpdates = [{ Create: { RegionName: "eu-west-1" } }];
    await client.send(new UpdateTableCommand({ TableName: name, ReplicaUpdates }));
    await target.clock.advance(1);
    const streamArn = await createDestination(name);
    await putAll(client, name, [{ pk: S("1"), value: N(1) }]);
    const arn = await backUp(name);
    await putAll(client, name, [{ pk: S("1"), value: N(2) }]);
    await target.clock.advance(1);
    expect(await contents(elsewhere, name)).toEqual({ 1: { pk: S("1"), value: N(2) } });
    await client.send(new DeleteItemCommand({ TableName: name, Key: { pk: S("1") } }));
    const changes = await eventually("the last change", async () => {
      const names = await changesIn(streamArn);
      return names.at(-1) === "REMOVE" ? names : undefined;
    });
    expect(changes).toEqual(["INSERT", "MODIFY", "REMOVE"]);
    const restored = await restore(arn);
    await target.clock.advance(1);
    expect(await contents(client, restored)).toEqual({ 1: { pk: S("1"), value: N(1) } });
  });

  it("records indexes, stream and time to live", async () => {
    const name = await createActive({
      AttributeDefinitions: attributes({ pk: "S", sk: "S", g: "S", l: "N" }),
      KeySchema: keys("pk", "sk"),
      ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
      GlobalSecondaryIndexes: [
        { ...globalIndex("global", "g"), ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 } },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: "local",
          KeySchema: keys("pk", "l"),
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["x"] },
        },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
    });
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: name,
        TimeToLiveSpecification: { Enabled: true, AttributeName: "ttl" },
      }),
    );
    await target.clock.advance(1);
    const backup = await describeBackup(await backUp(name));
    expect(backup?.SourceTableDetails).toMatchObject({
      ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
      BillingMode: "PROVISIONED",
    });
    expect(backup?.SourceTableFeatureDetails).toEqual({
      LocalSecondaryIndexes: [
        {
          IndexName: "local",
          KeySchema: keys("pk", "l"),
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["x"] },
        },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "global",
          KeySchema: keys("g"),
          Projection: { ProjectionType: "ALL" },
          ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
        },
      ],
      StreamDescription: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
      TimeToLiveDescription: { TimeToLiveStatus: "ENABLED", AttributeName: "ttl" },
    });
    await target.clock.advance(1);
  });

  it("finds no table that is not there, and waits for one that is being created", async () => {
    expect(await refusal(backUp("not-there"))).toBe("TableNotFoundException: Table not found: not-there");
    const name = await createTable(client);
    expect(await refusal(backUp(name))).toBe(
      "ContinuousBackupsUnavailableException: " +
        `Backups are being enabled for the table: ${name}. Please retry later`,
    );
    expect(await refusal(backUp(name, "a b"))).toContain("regular expression pattern: [a-zA-Z0-9_.-]+");
  });

  it("takes several backups of one name, and by the table's ARN", async () => {
    const name = await createActive();
    const arn = (await describeTable(client, name))?.TableArn ?? "";
    const made = new Set([await backUp(name, "same"), await backUp(arn, "same"), await backUp(name, "same")]);
    await target.clock.advance(1);
    expect(made.size).toBe(3);
    expect(new Set((await list({ TableName: arn })).BackupSummaries?.map(({ BackupArn }) => BackupArn))).toEqual(made);
  });

  it("holds the items of one moment, while others write", async () => {
    const name = await createActive();
    await putMany(client, name, numbered(700, 1));
    const before = await contents(client, name);
    const arn = await backUp(name);
    const copying = (async () => {
      while ((await describeBackup(arn))?.BackupDetails?.BackupStatus === "CREATING") await target.clock.advance(0);
    })();
    await putMany(client, name, numbered(700, 2));
    await putMany(
      client,
      name,
      Array.from({ length: 100 }, (_, i) => ({ pk: S(`new-${i}`) })),
    );
    await copying;
    await putAll(client, name, [{ pk: S("after") }]);
    const restored = await restore(arn);
    await target.clock.advance(1);
    expect(await contents(client, restored)).toEqual(before);
    expect((await describeTable(client, restored))?.ItemCount).toBe(700);
  });
});

describe("ListBackups", () => {
  it("lists the backups of users, of a table or of all, by pages", async () => {
    const name = await createActive();
    const arns: string[] = [];
    for (let i = 0; i < 5; i++) {
      arns.push(await backUp(name, `backup-${i}`));
      await target.clock.advance(1);
    }
    const first = await list({ TableName: name, Limit: 3 });
    expect(first.BackupSummaries?.map(({ BackupArn }) => BackupArn)).toEqual(arns.slice(0, 3));
    expect(first.LastEvaluatedBackupArn).toBe(arns[2]);
    const second = await list({ TableName: name, Limit: 2, ExclusiveStartBackupArn: first.LastEvaluatedBackupArn });
    expect(second.BackupSummaries?.map(({ BackupName }) => BackupName)).toEqual(["backup-3", "backup-4"]);
    expect(second).not.toHaveProperty("LastEvaluatedBackupArn");
    const all = await list();
    expect(all.BackupSummaries?.map(({ BackupArn }) => BackupArn)).toEqual(expect.arrayContaining(arns));
    expect(await list({ TableName: "nothing" })).toMatchObject({ BackupSummaries: [] });
    expect((await list({ TableName: name, BackupType: "AWS_BACKUP" })).BackupSummaries).toEqual([]);
    const { TableArn, TableId } = (await describeTable(client, name)) ?? {};
    expect(first.BackupSummaries?.[0]).toMatchObject({ TableName: name, TableArn, TableId, BackupType: "USER" });
  });

  it("looks at times from the lower bound up to, and without, the upper one", async () => {
    const name = await createActive();
    await backUp(name);
    const at = target.clock.now();
    await target.clock.advance(1);
    const found = async (from: number, to: number) =>
      (await list({ TableName: name, TimeRangeLowerBound: new Date(from), TimeRangeUpperBound: new Date(to) }))
        .BackupSummaries?.length;
    expect(await found(at, at + 1)).toBe(1);
    expect(await found(at - 1, at)).toBe(0);
    expect(await found(at + 1, at + 2)).toBe(0);
    expect(await refusal(found(at + 1, at))).toBe(
      validation(
        "One or more parameter values were invalid: Time range lower bound must be less than or equal to upper bound",
      ),
    );
  });
});

describe("DeleteBackup", () => {
  it("deletes a backup, and says what it was", async () => {
    const name = await createActive();
    const arn = await backUp(name);
    expect(await refusal(client.send(new DeleteBackupCommand({ BackupArn: arn })))).toContain("BackupInUseException");
    await target.clock.advance(1);
    const { BackupDescription } = await client.send(new DeleteBackupCommand({ BackupArn: arn }));
    expect(BackupDescription?.BackupDetails?.BackupStatus).toBe("DELETED");
    expect(BackupDescription?.SourceTableDetails?.TableName).toBe(name);
    const notFound = `BackupNotFoundException: Backup not found: ${arn}`;
    expect(await refusal(describeBackup(arn))).toBe(notFound);
    expect(await refusal(client.send(new DeleteBackupCommand({ BackupArn: arn })))).toBe(notFound);
    expect((await list({ TableName: name })).BackupSummaries).toEqual([]);
  });

  it("takes no other ARN, and none of another account", async () => {
    const tableArn = `arn:aws:dynamodb:us-east-1:000000000000:table/${"x".repeat(10)}`;
    expect(await refusal(describeBackup(tableArn))).toBe(validation("Invalid Backup ARN"));
    const foreign = "arn:aws:dynamodb:us-east-1:999999999999:table/t/backup/01000000000000-00000000";
    expect(await refusal(describeBackup(foreign))).toContain("AccessDeniedException");
  });
});

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

describe("the backup of a deleted table", () => {
  // of their own: 35 days are long for what the other tables have to do
  const own = useDynamoDb({ manualClock: true });
  const listed = (input: ListBackupsCommandInput) => own.client.send(new ListBackupsCommand(input));

  it("is left where the table could be recovered, for 35 days", async () => {
    const name = await createTable(own.client);
    await own.target.clock.advance(1);
    await recoverable(own.client, name);
    await putAll(own.client, name, [{ pk: S("1"), value: N(1) }]);
    const now = own.target.clock.now();
    await own.client.send(new DeleteTableCommand({ TableName: name }));
    await own.target.clock.advance(1);
    expect((await listed({ TableName: name })).BackupSummaries).toEqual([]);
    const { BackupSummaries } = await listed({ TableName: name, BackupType: "SYSTEM" });
    expect(BackupSummaries).toEqual([
      expect.objectContaining({
        BackupName: `${name}$DeletedTableBackup`,
        BackupArn: expect.stringMatching(/-00000000$/),
        BackupStatus: "AVAILABLE",
        BackupType: "SYSTEM",
        BackupExpiryDateTime: new Date(now + 35 * DAY_MS),
      }),
    ]);
    const arn = BackupSummaries?.[0]?.BackupArn ?? "";
    expect(await refusal(own.client.send(new DeleteBackupCommand({ BackupArn: arn })))).toContain(
      `Invalid Request: User is not allowed to delete the system backup with arn ${arn}. It will automatically expire on`,
    );
    const restored = uniqueName("restored");
    await own.client.send(new RestoreTableFromBackupCommand({ BackupArn: arn, TargetTableName: restored }));
    await own.target.clock.advance(1);
    expect(await contents(own.client, restored)).toEqual({ 1: { pk: S("1"), value: N(1) } });
    await own.target.clock.advance(35 * DAY_MS);
    expect((await listed({ TableName: name, BackupType: "ALL" })).BackupSummaries).toEqual([]);
  });

  it("is not left where it could not", async () => {
    const name = await createSorted(own.client);
    await own.target.clock.advance(1);
    await own.client.send(new DeleteTableCommand({ TableName: name }));
    await own.target.clock.advance(1);
    expect((await listed({ TableName: name, BackupType: "ALL" })).BackupSummaries).toEqual([]);
  });
});

describe("a restart", () => {
  const session = sessionsOn(useDataDirectory(), (config) => new DynamoDBClient({ ...config, maxAttempts: 1 }));

  it("goes on with backups and restores", async () => {
    const NOW = Date.UTC(2026, 5, 1);
    const arn = await session(NOW, async (first, clock) => {
      await createTable(first, { TableName: "source" });
      await clock.advance(1);
      await putMany(first, "source", numbered(700, 1));
      const made = await backUp("source", "backup", first);
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
