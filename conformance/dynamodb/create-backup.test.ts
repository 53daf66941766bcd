/** Proves CreateBackup, DescribeBackup, ListBackups and DeleteBackup. */
import {
  CreateBackupCommand,
  DeleteBackupCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  EnableKinesisStreamingDestinationCommand,
  ListBackupsCommand,
  RestoreTableFromBackupCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type ListBackupsCommandInput,
} from "@aws-sdk/client-dynamodb";
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
} from "@aws-sdk/client-kinesis";
import { eventually, useClient } from "../target.ts";
import { contents, numbered, putMany, recoverable, useBackups } from "./backup-support.ts";
import {
  attributes,
  createSorted,
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

const { createActive, backUp, describeBackup, list, restore } = useBackups(target, client);

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
