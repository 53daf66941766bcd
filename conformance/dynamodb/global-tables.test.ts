/**
 * Proves the replicas of UpdateTable, and CreateGlobalTable, UpdateGlobalTable, DescribeGlobalTable, DescribeGlobalTableSettings,
 * UpdateGlobalTableSettings and ListGlobalTables.
 */
import {
  BatchWriteItemCommand,
  CreateGlobalTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeGlobalTableCommand,
  DescribeGlobalTableSettingsCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  ListGlobalTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateGlobalTableCommand,
  UpdateGlobalTableSettingsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type UpdateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { startEmulator } from "../../emulator/index.ts";
import { useDataDirectory } from "../data-directory.ts";
import { allRecords, latestStream } from "../dynamodb-streams/support.ts";
import { eventually, useClient } from "../target.ts";
import {
  attributes,
  createTable,
  describeTable,
  globalIndex,
  invalid,
  refusal,
  useDynamoDb,
  validation,
} from "./support.ts";

const OTHER = "eu-west-1";
const THIRD = "ap-south-1";

const { target, client } = useDynamoDb();
const clientIn = (region: string) =>
  useClient(new DynamoDBClient({ ...target.clientConfig(), region, maxAttempts: 1 }));
const other = clientIn(OTHER);
const third = clientIn(THIRD);
const streams = useClient(new DynamoDBStreamsClient({ ...target.clientConfig(), region: OTHER }));

const described = (TableName: string, of = client) => describeTable(of, TableName);

const settled = (TableName: string, of = client) =>
  eventually(`${TableName} and its replicas are active`, async () => {
    const table = await described(TableName, of).catch(() => undefined);
    const statuses = [table?.TableStatus, ...(table?.Replicas ?? []).map(({ ReplicaStatus }) => ReplicaStatus)];
    return statuses.every((status) => status === "ACTIVE") ? table : undefined;
  });

const gone = (TableName: string, of = client) =>
  eventually(`${TableName} is gone`, async () =>
    (await described(TableName, of).catch(() => null)) === null ? true : undefined,
  );

const update = (TableName: string, changes: Omit<UpdateTableCommandInput, "TableName">, of = client) =>
  of.send(new UpdateTableCommand({ TableName, ...changes }));

async function addReplica(TableName: string, RegionName = OTHER, of = client) {
  const { TableDescription } = await update(TableName, { ReplicaUpdates: [{ Create: { RegionName } }] }, of);
  await settled(TableName, of);
  return TableDescription;
}

async function createReplicated(definition: Parameters<typeof createTable>[1] = {}): Promise<string> {
  const name = await createTable(client, definition);
  await settled(name);
  await addReplica(name);
  return name;
}

const item = (pk: string, n = 1) => ({ pk: { S: pk }, n: { N: String(n) } });
const put = (TableName: string, pk: string, n = 1, of = client) =>
  of.send(new PutItemCommand({ TableName, Item: item(pk, n) }));
const get = async (TableName: string, pk: string, of = client) =>
  (await of.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } } }))).Item;
const keysIn = async (TableName: string, of = client) => {
  const { Items = [] } = await of.send(new ScanCommand({ TableName }));
  return Items.map(({ pk }) => pk?.S ?? "").toSorted();
};

describe("ReplicaUpdates of UpdateTable", () => {
  describe("validation", () => {
    it.each<[string, Omit<UpdateTableCommandInput, "TableName">, string]>([
      [
        "something else beside them",
        { ReplicaUpdates: [{ Create: { RegionName: OTHER } }], BillingMode: "PAY_PER_REQUEST" },
        invalid("Replica modification must be the only operation in the request"),
      ],
      [
        "an update of nothing",
        { ReplicaUpdates: [{ Update: { RegionName: OTHER } }] },
        validation("There are no actions specified in the Replica Update Action of the request."),
      ],
      [
        "two kinds at once",
        { ReplicaUpdates: [{ Create: { RegionName: OTHER }, Delete: { RegionName: OTHER } }] },
        validation("Update table operation with more than one type of replica actions not allowed."),
      ],
      [
        "two replicas at once",
        { ReplicaUpdates: [{ Create: { RegionName: OTHER } }, { Create: { RegionName: THIRD } }] },
        validation("Update table operation with more than one create or delete replica actions not allowed."),
      ],
      [
        "the table's own region",
        { ReplicaUpdates: [{ Create: { RegionName: "us-east-1" } }] },
        validation(
          "Cannot add or delete the local region through ReplicaUpdates. " +
            "Use CreateTable, DeleteTable, or UpdateTable as required.",
        ),
      ],
      [
        "a replica that is none",
        { ReplicaUpdates: [{ Delete: { RegionName: OTHER } }] },
        validation(
          "Update global table operation failed because one or more replicas were not part of the global table. " +
            `Please retry the request without these replicas: [${OTHER}].`,
        ),
      ],
      [
        "strong consistency",
        { ReplicaUpdates: [{ Create: { RegionName: OTHER } }], MultiRegionConsistency: "STRONG" },
        "NotImplemented: DynamoDB: global tables of strong consistency (MultiRegionConsistency) is not supported by Headwater.",
      ],
    ])("refuses %s", async (_what, changes, message) => {
      const name = await createTable(client);
      await settled(name);
      expect(await refusal(update(name, changes))).toBe(message);
    });

    it("refuses a region that is none", async () => {
      const name = await createTable(client);
      await settled(name);
      expect(await refusal(update(name, { ReplicaUpdates: [{ Create: { RegionName: "us-fake-1" } }] }))).toMatch(
        /^ValidationException: Region us-fake-1 is not supported\./,
      );
    });

    it("refuses a provisioned table, as it is not scaled", async () => {
      const name = await createTable(client, {
        ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      });
      await settled(name);
      expect(await refusal(update(name, { ReplicaUpdates: [{ Create: { RegionName: OTHER } }] }))).toBe(
        validation("Table write capacity should either be Pay-Per-Request or AutoScaled."),
      );
    });

    it("refuses a region that has a table of the name", async () => {
      const name = await createTable(client);
      await settled(name);
      await createTable(other, { TableName: name });
      expect(await refusal(update(name, { ReplicaUpdates: [{ Create: { RegionName: OTHER } }] }))).toBe(
        validation(
          `Failed to create a the new replica of table with name: ‘${name}’ because one or more replicas already existed as tables.`,
        ),
      );
    });
  });

  describe("behaviour", () => {
    it("makes a replica, and each table tells of the other", async () => {
      const name = await createTable(client, { TableClass: "STANDARD" });
      await settled(name);
      expect(await described(name)).not.toHaveProperty("GlobalTableVersion");
      expect(await addReplica(name)).toMatchObject({ TableStatus: "UPDATING", GlobalTableVersion: "2019.11.21" });
      const [here, there] = [await settled(name), await settled(name, other)];
      expect(here).toMatchObject({
        Replicas: [{ RegionName: OTHER, ReplicaStatus: "ACTIVE" }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      });
      expect(there).toMatchObject({
        TableArn: here.TableArn?.replace("us-east-1", OTHER),
        Replicas: [{ RegionName: "us-east-1", ReplicaStatus: "ACTIVE" }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
        KeySchema: here.KeySchema,
      });
      expect(there.TableId).not.toBe(here.TableId);
    });

    it("brings the items that are there, while the table goes on being written", async () => {
      const name = await createTable(client);
      await settled(name);
      const pks = Array.from({ length: 60 }, (_, i) => `item-${String(i).padStart(2, "0")}`);
      await Promise.all(pks.map((pk) => put(name, pk)));
      await Promise.all([
        addReplica(name),
        put(name, "meanwhile"),
        client.send(new DeleteItemCommand({ TableName: name, Key: { pk: { S: "item-00" } } })),
      ]);
      expect(await keysIn(name, other)).toEqual([...pks.slice(1), "meanwhile"]);
    });

    it("does every write in all tables, from whichever side", async () => {
      const name = await createReplicated();
      await put(name, "a", 1);
      await put(name, "b", 1, other);
      expect([await get(name, "a", other), await get(name, "b")]).toEqual([item("a"), item("b")]);
      await other.send(
        new UpdateItemCommand({
          TableName: name,
          Key: { pk: { S: "a" } },
          UpdateExpression: "SET n = n + :one",
          ExpressionAttributeValues: { ":one": { N: "1" } },
        }),
      );
      expect(await get(name, "a")).toEqual(item("a", 2));
      await client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName: name, Item: item("c") } },
            { Delete: { TableName: name, Key: { pk: { S: "b" } } } },
          ],
        }),
      );
      expect(await keysIn(name, other)).toEqual(["a", "c"]);
    });

    it("takes the deletion of what is not there like any table, alone, in a batch and in a transaction", async () => {
      const name = await createReplicated();
      const Key = { pk: { S: "missing" } };
      const { Attributes } = await client.send(
        new DeleteItemCommand({ TableName: name, Key, ReturnValues: "ALL_OLD" }),
      );
      expect(Attributes).toBeUndefined();
      const writes = [{ PutRequest: { Item: item("a") } }, { DeleteRequest: { Key } }];
      await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: writes } }));
      await client.send(
        new TransactWriteItemsCommand({
          TransactItems: [{ Put: { TableName: name, Item: item("b") } }, { Delete: { TableName: name, Key } }],
        }),
      );
      expect([await keysIn(name), await keysIn(name, other)]).toEqual([
        ["a", "b"],
        ["a", "b"],
      ]);
    });

    it("leaves the replicas as they are when a transaction is cancelled", async () => {
      const name = await createReplicated();
      await put(name, "a");
      const Put = { TableName: name, Item: item("b") };
      const Check = { TableName: name, Key: { pk: { S: "a" } }, ConditionExpression: "attribute_not_exists(pk)" };
      const call = client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }, { ConditionCheck: Check }] }));
      await expect(call).rejects.toThrow("ConditionalCheckFailed");
      expect(await keysIn(name, other)).toEqual(["a"]);
    });

    it("has each replica record its own stream", async () => {
      const name = await createReplicated();
      await put(name, "a");
      const records = await allRecords(streams, await latestStream(other, name));
      expect(records).toMatchObject([{ eventName: "INSERT", awsRegion: OTHER, dynamodb: { NewImage: item("a") } }]);
    });

    it("has three tables, made from different ones", async () => {
      const name = await createReplicated();
      await addReplica(name, THIRD, other);
      await put(name, "a", 1, third);
      expect([await get(name, "a"), await get(name, "a", other)]).toEqual([item("a"), item("a")]);
      const regions = (await settled(name, third)).Replicas?.map(({ RegionName }) => RegionName);
      expect(regions?.toSorted()).toEqual([OTHER, "us-east-1"]);
    });

    it("shares indexes and time to live, not deletion protection", async () => {
      const name = await createReplicated();
      await put(name, "a");
      const Create = globalIndex("by-n", ["n", "pk"]);
      await update(name, {
        AttributeDefinitions: attributes({ pk: "S", n: "N" }),
        GlobalSecondaryIndexUpdates: [{ Create }],
      });
      await eventually("the index is active", async () =>
        (await described(name, other))?.GlobalSecondaryIndexes?.[0]?.IndexStatus === "ACTIVE" ? true : undefined,
      );
      await settled(name);
      const { Items } = await other.send(
        new QueryCommand({
          TableName: name,
          IndexName: "by-n",
          KeyConditionExpression: "n = :n AND pk = :pk",
          ExpressionAttributeValues: { ":n": { N: "1" }, ":pk": { S: "a" } },
        }),
      );
      expect(Items).toEqual([item("a")]);
      await other.send(
        new UpdateTimeToLiveCommand({
          TableName: name,
          TimeToLiveSpecification: { Enabled: true, AttributeName: "ttl" },
        }),
      );
      expect(
        (await client.send(new DescribeTimeToLiveCommand({ TableName: name }))).TimeToLiveDescription,
      ).toMatchObject({
        AttributeName: "ttl",
      });
      await update(name, { DeletionProtectionEnabled: true });
      expect(await described(name, other)).toMatchObject({ DeletionProtectionEnabled: false });
    });

    it("gives a new replica the time to live of its source", async () => {
      const name = await createTable(client);
      await settled(name);
      const TimeToLiveSpecification = { Enabled: true, AttributeName: "ttl" };
      await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
      await addReplica(name);
      await settled(name, other);
      const { TimeToLiveDescription } = await other.send(new DescribeTimeToLiveCommand({ TableName: name }));
      expect(TimeToLiveDescription).toMatchObject({ AttributeName: "ttl" });
    });

    it("gives a replica a class and limits of its own", async () => {
      const name = await createReplicated();
      const Update = {
        RegionName: OTHER,
        TableClassOverride: "STANDARD_INFREQUENT_ACCESS" as const,
        OnDemandThroughputOverride: { MaxReadRequestUnits: 9 },
      };
      await update(name, { ReplicaUpdates: [{ Update }] });
      expect(await settled(name)).toMatchObject({
        Replicas: [
          {
            ReplicaTableClassSummary: { TableClass: "STANDARD_INFREQUENT_ACCESS" },
            OnDemandThroughputOverride: { MaxReadRequestUnits: 9 },
          },
        ],
      });
      expect(await settled(name, other)).toMatchObject({ OnDemandThroughput: { MaxReadRequestUnits: 9 } });
    });

    it("changes several replicas in one request, the table's own region among them", async () => {
      const name = await createReplicated();
      await addReplica(name, THIRD);
      const TableClassOverride = "STANDARD_INFREQUENT_ACCESS" as const;
      await update(name, {
        ReplicaUpdates: ["us-east-1", THIRD].map((RegionName) => ({ Update: { RegionName, TableClassOverride } })),
      });
      const classes = [];
      for (const region of [client, other, third]) {
        classes.push((await settled(name, region)).TableClassSummary?.TableClass);
      }
      expect(classes).toEqual([TableClassOverride, undefined, TableClassOverride]);
    });

    it("gives an index of a replica a limit of its own, when it is made and later", async () => {
      const name = await createTable(client, {
        AttributeDefinitions: attributes({ pk: "S", n: "N" }),
        GlobalSecondaryIndexes: [globalIndex("by-n", "n")],
      });
      await settled(name);
      const limit = (MaxReadRequestUnits: number) => ({
        RegionName: OTHER,
        GlobalSecondaryIndexes: [{ IndexName: "by-n", OnDemandThroughputOverride: { MaxReadRequestUnits } }],
      });
      await update(name, { ReplicaUpdates: [{ Create: limit(7) }] });
      const replica = { ...limit(7), ReplicaStatus: "ACTIVE" };
      expect(await settled(name)).toMatchObject({ Replicas: [replica] });
      expect((await settled(name, other)).GlobalSecondaryIndexes).toMatchObject([
        { OnDemandThroughput: { MaxReadRequestUnits: 7 } },
      ]);
      await update(name, { ReplicaUpdates: [{ Update: limit(8) }] });
      expect(await settled(name)).toMatchObject({ Replicas: [limit(8)] });
      const [index] = limit(1).GlobalSecondaryIndexes;
      const none = { RegionName: OTHER, GlobalSecondaryIndexes: [{ ...index, IndexName: "none" }] };
      expect(await refusal(update(name, { ReplicaUpdates: [{ Update: none }] }))).toMatch(/^ResourceNotFoundException/);
      expect((await described(name))?.GlobalSecondaryIndexes?.[0]).not.toHaveProperty("OnDemandThroughput");
    });

    it("keeps the streams of replicas", async () => {
      const name = await createReplicated();
      expect(await refusal(update(name, { StreamSpecification: { StreamEnabled: false } }, other))).toBe(
        invalid("Disabling Stream is not allowed for a Global Table replica."),
      );
    });

    it("deletes a replica, and what is left is a table like others", async () => {
      const name = await createReplicated();
      await put(name, "a");
      await update(name, { ReplicaUpdates: [{ Delete: { RegionName: OTHER } }] });
      await gone(name, other);
      const left = await settled(name);
      expect(left).not.toHaveProperty("Replicas");
      expect(left).not.toHaveProperty("GlobalTableVersion");
      await put(name, "b");
      expect(await keysIn(name)).toEqual(["a", "b"]);
    });

    it("does not delete a replica that is protected, nor the source of another", async () => {
      const name = await createReplicated();
      await update(name, { DeletionProtectionEnabled: true }, other);
      await settled(name, other);
      expect(await refusal(update(name, { ReplicaUpdates: [{ Delete: { RegionName: OTHER } }] }))).toBe(
        validation(
          `Cannot delete table ${name} in region ${OTHER} because it has deletion protection enabled. ` +
            "Disable deletion protection first.",
        ),
      );
      const source = validation(
        "Replica cannot be deleted because it has acted as a source region for new replica(s) being added to the table in the " +
          "last 24 hours.",
      );
      expect(await refusal(client.send(new DeleteTableCommand({ TableName: name })))).toBe(source);
      expect(await refusal(update(name, { ReplicaUpdates: [{ Delete: { RegionName: "us-east-1" } }] }, other))).toBe(
        source,
      );
    });

    it("lets a replica be deleted as a table", async () => {
      const name = await createReplicated();
      await other.send(new DeleteTableCommand({ TableName: name }));
      await gone(name, other);
      expect(await described(name)).not.toHaveProperty("Replicas");
    });
  });
});

describe("the time to live of a global table", () => {
  const still = useDynamoDb({ manualClock: true });

  it("can be switched off an hour after it was switched on, whenever replicas were made", async () => {
    const name = await createTable(still.client);
    await still.target.clock.advance(1);
    const set = (Enabled: boolean) => {
      const TimeToLiveSpecification = { Enabled, AttributeName: "ttl" };
      return still.client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
    };
    await set(true);
    await still.target.clock.advance(3_600_000);
    await update(name, { ReplicaUpdates: [{ Create: { RegionName: OTHER } }] }, still.client);
    await eventually("the replica is active", async () => {
      await still.target.clock.advance(1);
      return (await described(name, still.client))?.Replicas?.[0]?.ReplicaStatus === "ACTIVE" || undefined;
    });
    expect((await set(false)).TimeToLiveSpecification).toMatchObject({ Enabled: false });
  });
});

describe("a restart", () => {
  const dataDirectory = useDataDirectory();

  it("leaves replicas as they were", async () => {
    const options = { port: 0, logLevel: "error" as const, dataDirectory: dataDirectory() };
    let name = "";
    for (const pks of [["a"], ["a", "b"]]) {
      await using emulator = await startEmulator(options);
      const [here, there] = ["us-east-1", OTHER].map(
        (region) => new DynamoDBClient({ ...emulator.clientConfig(), region }),
      );
      if (here === undefined || there === undefined) throw new Error("no clients");
      if (name === "") {
        name = await createTable(here);
        await settled(name, here);
        await addReplica(name, OTHER, here);
      }
      await put(name, pks.at(-1) ?? "", 1, there);
      expect(await keysIn(name, here)).toEqual(pks);
      here.destroy();
      there.destroy();
    }
  });
});

describe("global tables of 2017", () => {
  const GLOBAL = { GlobalTableName: "legacy" };

  it("cannot be made any more, and there are none", async () => {
    const call = client.send(new CreateGlobalTableCommand({ ...GLOBAL, ReplicationGroup: [{ RegionName: OTHER }] }));
    expect(await refusal(call)).toMatch(
      /^ValidationException: .*DynamoDB global tables version 2017.11.29 is not supported/,
    );
    const ReplicaUpdates = [{ Create: { RegionName: OTHER } }];
    for (const asked of [
      client.send(new UpdateGlobalTableCommand({ ...GLOBAL, ReplicaUpdates })),
      client.send(new DescribeGlobalTableCommand(GLOBAL)),
      client.send(new DescribeGlobalTableSettingsCommand(GLOBAL)),
      client.send(new UpdateGlobalTableSettingsCommand(GLOBAL)),
    ]) {
      expect(await refusal(asked)).toBe(
        "GlobalTableNotFoundException: Global table not found: Global table with name: 'legacy' does not exist",
      );
    }
    expect((await client.send(new ListGlobalTablesCommand({}))).GlobalTables).toEqual([]);
  });
});
