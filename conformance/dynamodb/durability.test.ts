import {
  CreateBackupCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeImportCommand,
  DynamoDBClient,
  GetItemCommand,
  ListBackupsCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ManualClock, type ClientConfig } from "../../emulator/index.ts";
import { Storage } from "../../emulator/storage/storage.ts";
import { inSession, sessionsOn, useDataDirectory } from "../data-directory.ts";
import { EmulatorProcess } from "../emulator-process.ts";
import { eventually } from "../target.ts";
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
  type Item,
} from "./support.ts";
import { contents, numbered, putMany, recoverable } from "./backup-support.ts";
import { beginExport, beginImport, dataOf, exported, imported } from "./export-import-support.ts";

type Kept = Record<string, unknown>;

/** Keys as they were kept before those of indexes could have several attributes: one each, and no sort key where there is none. */
async function keepKeysAsBefore(dataDirectory: string): Promise<void> {
  const single = (kept: Kept): Kept => {
    const { partition, sort } = kept["keys"] as { partition: unknown[]; sort: unknown[] };
    const indexes = kept["indexes"] as Kept[] | undefined;
    return {
      ...kept,
      keys: { partition: partition[0], ...(sort.length > 0 && { sort: sort[0] }) },
      ...(indexes && { indexes: indexes.map(single) }),
    };
  };
  const storage = new Storage({ directory: dataDirectory });
  for (const name of ["tables", "backups", "streams"]) {
    const kept = storage.table<Kept>(`dynamodb/${name}`);
    const rows = [...kept.range()];
    expect(rows).toHaveLength(1);
    for (const { key, value } of rows) {
      kept.put(key, "table" in value ? { ...value, table: single(value["table"] as Kept) } : single(value));
    }
  }
  await storage.close();
}

const NOW = Date.UTC(2026, 5, 1);

/** These tests restart the emulator on it: they say nothing of other targets. */
const directory = useDataDirectory();

const clientOf = (config: ClientConfig) => new DynamoDBClient({ ...config, maxAttempts: 1 });

const s3Of = (config: ClientConfig) => new S3Client({ ...config, forcePathStyle: true });

const streamsOf = (config: ClientConfig) => new DynamoDBStreamsClient(config);

const session = sessionsOn(directory, clientOf);

const sessionWithBucket = sessionsOn(directory, (config) => {
  const [db, s3] = [clientOf(config), s3Of(config)];
  return {
    db,
    s3,
    destroy: () => {
      db.destroy();
      s3.destroy();
    },
  };
});

const TEST_MS = 120_000;
const ITEMS = 1100;
const Bucket = "jobs";

const isActive = async (client: DynamoDBClient, name: string) =>
  (await describeTable(client, name))?.TableStatus === "ACTIVE";

const untilActive = (client: DynamoDBClient, name: string) =>
  eventually(`${name} to be ACTIVE`, async () => ((await isActive(client, name)) ? true : undefined));

/** Begins everything that goes on for a while, on a table whose items have the value 1, and then have 2. */
async function beginAll(client: DynamoDBClient, s3: S3Client) {
  await s3.send(new CreateBucketCommand({ Bucket }));
  const lines = numbered(ITEMS, 1).map((item) => JSON.stringify({ Item: item }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "in/a", Body: lines.join("\n") }));
  await createTable(client, { TableName: "source" });
  await untilActive(client, "source");
  await recoverable(client, "source");
  await putMany(client, "source", numbered(ITEMS, 1));
  const { BackupDetails: first } = await client.send(
    new CreateBackupCommand({ TableName: "source", BackupName: "first" }),
  );
  const BackupArn = first?.BackupArn ?? "";
  const status = async () => (await client.send(new ListBackupsCommand({}))).BackupSummaries?.[0]?.BackupStatus;
  await eventually("a backup", async () => ((await status()) === "AVAILABLE" ? true : undefined));
  const RestoreDateTime = new Date();
  await putMany(client, "source", [
    ...numbered(ITEMS, 2),
    { pk: S("expired"), ttl: N(Math.floor(Date.now() / 1000) - 60) },
  ]);
  const TableArn = (await describeTable(client, "source"))?.TableArn;
  const begun = await Promise.all([
    beginExport(client, { TableArn, S3Bucket: Bucket, S3Prefix: "out" }),
    beginImport(client, Bucket, "in/", { table: { TableName: "imported" } }),
    client.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName: "from-backup" })),
    client.send(
      new RestoreTableToPointInTimeCommand({
        SourceTableName: "source",
        TargetTableName: "from-time",
        RestoreDateTime,
      }),
    ),
    client.send(new CreateBackupCommand({ TableName: "source", BackupName: "second" })),
    client.send(
      new UpdateTimeToLiveCommand({
        TableName: "source",
        TimeToLiveSpecification: { Enabled: true, AttributeName: "ttl" },
      }),
    ),
  ]);
  return {
    exportArn: begun[0]?.ExportArn,
    importArn: begun[1]?.ImportArn,
    secondBackup: begun[4].BackupDetails?.BackupArn ?? "",
  };
}

const valuesIn = async (client: DynamoDBClient, name: string): Promise<[number, (string | undefined)[]]> => {
  await untilActive(client, name);
  const items = Object.values(await contents(client, name)).filter((item) => item["value"] !== undefined);
  return [items.length, [...new Set(items.map((item) => item["value"]?.N))]];
};

describe("a restart", () => {
  it("keeps tables, tags, items, indexes and counts", async () => {
    const definition = {
      TableName: "kept",
      AttributeDefinitions: attributes({ pk: "S", g: "S" }),
      GlobalSecondaryIndexes: [globalIndex("index", "g")],
      Tags: [{ Key: "a", Value: "1" }],
    };
    const before = await session(NOW, async (client, clock) => {
      await createTable(client, definition);
      await clock.advance(1);
      await putAll(client, "kept", [{ pk: S("1"), g: S("x") }, { pk: S("2") }]);
      return describeTable(client, "kept");
    });
    await session(NOW + 1000, async (client) => {
      expect(await describeTable(client, "kept")).toEqual(before);
      expect(before).toMatchObject({ TableStatus: "ACTIVE", ItemCount: 2 });
      const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: before?.TableArn }));
      expect(Tags).toEqual(definition.Tags);
      const found = await client.send(
        new QueryCommand({
          TableName: "kept",
          IndexName: "index",
          KeyConditionExpression: "g = :x",
          ExpressionAttributeValues: { ":x": S("x") },
        }),
      );
      expect(found.Items).toEqual([{ pk: S("1"), g: S("x") }]);
    });
  });

  it("finishes what was CREATING and DELETING, and gives no new table what an old one held", async () => {
    await session(NOW, async (client, clock) => {
      await createTable(client, { TableName: "deleting" });
      await clock.advance(1);
      await putAll(client, "deleting", [{ pk: S("1") }]);
      await client.send(new DeleteTableCommand({ TableName: "deleting" }));
      await createTable(client, { TableName: "creating" });
      expect((await describeTable(client, "creating"))?.TableStatus).toBe("CREATING");
    });
    await session(NOW, async (client, clock) => {
      expect((await describeTable(client, "creating"))?.TableStatus).toBe("ACTIVE");
      expect(await refusal(describeTable(client, "deleting"))).toContain("ResourceNotFoundException");
      await createTable(client, { TableName: "deleting" });
      await clock.advance(1);
      expect((await client.send(new ScanCommand({ TableName: "deleting" }))).Count).toBe(0);
    });
  });

  it("goes on filling a new index", async () => {
    await session(NOW, async (client, clock) => {
      await createTable(client, { TableName: "filling" });
      await clock.advance(1);
      await putAll(
        client,
        "filling",
        Array.from({ length: 30 }, (_, i) => ({ pk: S(`${i}`), g: S("x") })),
      );
      await client.send(
        new UpdateTableCommand({
          TableName: "filling",
          AttributeDefinitions: attributes({ g: "S" }),
          GlobalSecondaryIndexUpdates: [
            { Create: { IndexName: "index", KeySchema: keys("g"), Projection: { ProjectionType: "ALL" } } },
          ],
        }),
      );
      expect((await describeTable(client, "filling"))?.GlobalSecondaryIndexes?.[0]?.IndexStatus).toBe("CREATING");
    });
    await session(NOW, async (client, clock) => {
      await describeTable(client, "filling"); // the first call opens what the account has
      await clock.advance(1);
      const table = await describeTable(client, "filling");
      expect(table?.GlobalSecondaryIndexes?.[0]).toMatchObject({ IndexStatus: "ACTIVE", ItemCount: 30 });
    });
  });

  it("goes on with exports and imports", async () => {
    const { exportArn, importArn } = await sessionWithBucket(NOW, async ({ db, s3 }, clock) => {
      await s3.send(new CreateBucketCommand({ Bucket }));
      const lines = numbered(3000, 1).map((item) => JSON.stringify({ Item: item }));
      await s3.send(new PutObjectCommand({ Bucket, Key: "in/a", Body: lines.join("\n") }));
      await createTable(db, { TableName: "source" });
      await clock.advance(1);
      await recoverable(db, "source");
      await putMany(db, "source", numbered(600, 1));
      const TableArn = (await describeTable(db, "source"))?.TableArn;
      return {
        exportArn: (await beginExport(db, { TableArn, S3Bucket: Bucket }))?.ExportArn,
        importArn: (await beginImport(db, Bucket, "in/", { table: { TableName: "imported" } }))?.ImportArn,
      };
    });
    await sessionWithBucket(NOW + 1, async ({ db, s3 }) => {
      const done = await exported(db, exportArn);
      expect(done).toMatchObject({ ExportStatus: "COMPLETED", ItemCount: 600 });
      expect((await dataOf(s3, Bucket, done.ExportManifest ?? "")).lines).toHaveLength(600);
      expect(await imported(db, importArn)).toMatchObject({ ImportStatus: "COMPLETED", ImportedItemCount: 3000 });
      expect(Object.keys(await contents(db, "imported"))).toHaveLength(3000);
    });
  });

  it("goes on with tables, backups and streams of the time when a key was one attribute", async () => {
    const definition = {
      TableName: "earlier",
      AttributeDefinitions: attributes({ pk: "S", sk: "N", g: "S" }),
      KeySchema: keys("pk", "sk"),
      GlobalSecondaryIndexes: [globalIndex("index", "g"), globalIndex("sorted", "g", "sk")],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" as const },
    };
    const item = (sk: number) => ({ pk: S("1"), sk: { N: `${sk}` }, g: S("x") });
    const queried = async (client: DynamoDBClient, TableName: string) => {
      const { Items } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: "sorted",
          KeyConditionExpression: "g = :x AND sk > :zero",
          ExpressionAttributeValues: { ":x": S("x"), ":zero": { N: "0" } },
        }),
      );
      return Items;
    };
    const [before, BackupArn] = await session(NOW, async (client, clock) => {
      await createTable(client, definition);
      await clock.advance(1);
      await putAll(client, "earlier", [item(1)]);
      const { BackupDetails } = await client.send(
        new CreateBackupCommand({ TableName: "earlier", BackupName: "kept" }),
      );
      await clock.advance(1);
      return [await describeTable(client, "earlier"), BackupDetails?.BackupArn] as const;
    });
    await keepKeysAsBefore(directory());
    await session(NOW + 1000, async (client, clock) => {
      expect(await describeTable(client, "earlier")).toEqual(before);
      await putAll(client, "earlier", [item(0), item(2)]);
      expect(await queried(client, "earlier")).toEqual([item(1), item(2)]);
      await client.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName: "restored" }));
      await eventually("the restored table to be active", async () => {
        await clock.advance(1);
        return (await describeTable(client, "restored"))?.TableStatus === "ACTIVE" || undefined;
      });
      expect(await queried(client, "restored")).toEqual([item(1)]);
    });
    await inSession({ dataDirectory: directory(), clock: new ManualClock(NOW + 2000) }, streamsOf, async (streams) => {
      const { StreamDescription } = await streams.send(
        new DescribeStreamCommand({ StreamArn: before?.LatestStreamArn }),
      );
      expect(StreamDescription?.KeySchema).toEqual(keys("pk", "sk"));
    });
  });

  it("remembers the tokens of transactions", async () => {
    const add = (client: DynamoDBClient) =>
      client.send(
        new TransactWriteItemsCommand({
          ClientRequestToken: "token",
          TransactItems: [
            {
              Update: {
                TableName: "tokens",
                Key: { pk: S("a") },
                UpdateExpression: "ADD n :one",
                ExpressionAttributeValues: { ":one": { N: "1" } },
              },
            },
          ],
        }),
      );
    await session(NOW, async (client, clock) => {
      await createTable(client, { TableName: "tokens" });
      await clock.advance(1);
      await add(client);
    });
    await session(NOW + 60_000, async (client) => {
      await add(client);
      const { Item } = await client.send(new GetItemCommand({ TableName: "tokens", Key: { pk: S("a") } }));
      expect(Item?.["n"]).toEqual({ N: "1" });
    });
  });
});

describe("durability against power cuts", () => {
  it("answers each of many writes at once as if it were alone", async () => {
    await inSession({ dataDirectory: directory(), durability: "power" }, clientOf, async (client) => {
      await createTable(client, { TableName: "power" });
      const attempts = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) =>
          client.send(
            new PutItemCommand({
              TableName: "power",
              Item: { pk: S("first"), winner: { N: `${i}` } },
              ConditionExpression: "attribute_not_exists(pk)",
            }),
          ),
        ),
      );
      expect(attempts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const add = () =>
        client.send(
          new UpdateItemCommand({
            TableName: "power",
            Key: { pk: S("counter") },
            UpdateExpression: "ADD n :one",
            ExpressionAttributeValues: { ":one": { N: "1" } },
          }),
        );
      await Promise.all(Array.from({ length: 20 }, add));
      const { Item } = await client.send(new GetItemCommand({ TableName: "power", Key: { pk: S("counter") } }));
      expect(Item?.["n"]).toEqual({ N: "20" });
    });
  });
});

describe("kill -9 in the midst of writing", () => {
  let emulator: EmulatorProcess | undefined;
  afterEach(() => emulator?.kill());

  it("loses no write that was acknowledged, and leaves no transaction half done", async () => {
    let number = 0;
    const acknowledged = { puts: new Set<string>(), adds: 0, pairs: new Set<string>() };
    const attempted = { adds: 0 };
    /** Writes until the emulator is gone. */
    const produce = async (client: DynamoDBClient) => {
      for (;;) {
        const id = `${number++}`;
        const put = (pk: string): { TableName: string; Item: Item } => ({
          TableName: "killed",
          Item: { pk: S(pk), g: S(`group-${number % 5}`) },
        });
        try {
          await client.send(new PutItemCommand(put(`put-${id}`)));
          acknowledged.puts.add(`put-${id}`);
          attempted.adds++;
          await client.send(
            new UpdateItemCommand({
              TableName: "killed",
              Key: { pk: S("counter") },
              UpdateExpression: "ADD n :one",
              ExpressionAttributeValues: { ":one": { N: "1" } },
            }),
          );
          acknowledged.adds++;
          const pair = [{ Put: put(`pair-${id}-a`) }, { Put: put(`pair-${id}-b`) }];
          await client.send(new TransactWriteItemsCommand({ TransactItems: pair }));
          acknowledged.pairs.add(id);
        } catch {
          return;
        }
      }
    };
    emulator = await EmulatorProcess.start(directory());
    let client = new DynamoDBClient(emulator.clientConfig());
    await client.send(
      new CreateTableCommand({
        TableName: "killed",
        AttributeDefinitions: attributes({ pk: "S", g: "S" }),
        KeySchema: keys("pk"),
        BillingMode: "PAY_PER_REQUEST",
        GlobalSecondaryIndexes: [globalIndex("index", "g")],
      }),
    );
    for (const writes of [30, 37, 90]) {
      const producers = [produce(client), produce(client), produce(client)];
      await eventually(`${writes} writes`, async () => (acknowledged.puts.size >= writes ? true : undefined));
      await emulator.kill();
      await Promise.all(producers);
      client.destroy();
      emulator = await EmulatorProcess.start(directory());
      client = new DynamoDBClient(emulator.clientConfig());
    }
    await eventually("the table is there", async () => describeTable(client, "killed"));
    const found = new Map<string, Item>();
    let ExclusiveStartKey: Item | undefined;
    do {
      const page = await client.send(new ScanCommand({ TableName: "killed", ExclusiveStartKey }));
      for (const item of page.Items ?? []) found.set(item["pk"]?.S ?? "", item);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    const index = await client.send(new ScanCommand({ TableName: "killed", IndexName: "index", Select: "COUNT" }));
    const table = await describeTable(client, "killed");
    client.destroy();
    await emulator.kill();

    expect(acknowledged.puts.size).toBeGreaterThanOrEqual(90);
    expect([...acknowledged.puts].filter((pk) => !found.has(pk))).toEqual([]);
    expect([...acknowledged.pairs].filter((id) => !found.has(`pair-${id}-a`) || !found.has(`pair-${id}-b`))).toEqual(
      [],
    );
    const halves = [...found.keys()].filter((pk) => pk.startsWith("pair-"));
    expect(halves.filter((pk) => !found.has(pk.endsWith("a") ? `${pk.slice(0, -1)}b` : `${pk.slice(0, -1)}a`))).toEqual(
      [],
    );
    const counted = Number(found.get("counter")?.["n"]?.N);
    expect(counted).toBeGreaterThanOrEqual(acknowledged.adds);
    expect(counted).toBeLessThanOrEqual(attempted.adds);
    expect(index.Count).toBe(found.size - 1);
    expect(table?.ItemCount).toBe(found.size);
    expect(table?.GlobalSecondaryIndexes?.[0]?.ItemCount).toBe(index.Count);
  }, 60_000);
});

it(
  "a kill -9 ends no backup, restore, export, import or expiry: all go on, and are whole",
  async () => {
    let emulator = await EmulatorProcess.start(directory());
    try {
      const { exportArn, importArn, secondBackup } = await beginAll(
        new DynamoDBClient(emulator.clientConfig()),
        s3Of(emulator.clientConfig()),
      );
      await emulator.kill();
      emulator = await EmulatorProcess.start(directory());
      const client = new DynamoDBClient(emulator.clientConfig());
      expect(await valuesIn(client, "from-backup")).toEqual([ITEMS, ["1"]]);
      expect(await valuesIn(client, "from-time")).toEqual([ITEMS, ["1"]]);
      expect(await valuesIn(client, "imported")).toEqual([ITEMS, ["1"]]);
      expect(await valuesIn(client, "source")).toEqual([ITEMS, ["2"]]);
      const done = await exported(client, exportArn);
      const { ImportTableDescription } = await client.send(new DescribeImportCommand({ ImportArn: importArn }));
      expect(ImportTableDescription).toMatchObject({ ImportStatus: "COMPLETED", ImportedItemCount: ITEMS });
      expect(done).toMatchObject({ ExportStatus: "COMPLETED", ItemCount: ITEMS + 1 });
      await putAll(client, "source", [{ pk: S("item-0"), value: N(3) }]);
      await client.send(new RestoreTableFromBackupCommand({ BackupArn: secondBackup, TargetTableName: "from-second" }));
      expect(await valuesIn(client, "from-second")).toEqual([ITEMS, ["2"]]);
      await eventually("an expired item to be removed", async () => {
        const { Item } = await client.send(new GetItemCommand({ TableName: "source", Key: { pk: S("expired") } }));
        return Item === undefined ? true : undefined;
      });
      // the manifest names no data files of an export that was cut off
      const { lines } = await dataOf(s3Of(emulator.clientConfig()), Bucket, done.ExportManifest ?? "");
      expect(lines).toHaveLength(ITEMS + 1);
    } finally {
      await emulator.kill();
    }
  },
  TEST_MS,
);
