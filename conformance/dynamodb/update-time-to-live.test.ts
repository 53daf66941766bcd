/** Proves UpdateTimeToLive and DescribeTimeToLive. */
import {
  BatchWriteItemCommand,
  DeleteTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { sessionsOn, useDataDirectory } from "../data-directory.ts";
import { allRecords, latestStream } from "../dynamodb-streams/support.ts";
import { useClient } from "../target.ts";
import {
  attributes,
  createTable,
  describeTable,
  globalIndex,
  keys,
  putAll,
  refusal,
  S,
  useDynamoDb,
  validation,
} from "./support.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const YEAR_MS = 365.25 * 24 * HOUR_MS;

const { target, client } = useDynamoDb({ manualClock: true });
const streams = useClient(new DynamoDBStreamsClient(target.clientConfig()));

/** Seconds since 1970, so long from now. */
const inMs = (ms: number, clock = target.clock) => ({ N: String(Math.floor((clock.now() + ms) / 1000)) });

const update = (TableName: string, Enabled: boolean, AttributeName = "ttl") =>
  client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { Enabled, AttributeName } }));

const described = async (TableName: string) =>
  (await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;

async function createExpiring(definition: Parameters<typeof createTable>[1] = {}): Promise<string> {
  const name = await createTable(client, definition);
  await target.clock.advance(1);
  await update(name, true);
  await target.clock.advance(1);
  return name;
}

async function keysIn(TableName: string, from = client): Promise<string[]> {
  const { Items = [] } = await from.send(new ScanCommand({ TableName }));
  return Items.map(({ pk }) => pk?.S ?? "").toSorted();
}

describe("UpdateTimeToLive", () => {
  describe("validation", () => {
    it.each([
      [{ Enabled: true, AttributeName: undefined }, "timeToLiveSpecification.attributeName"],
      [{ Enabled: undefined, AttributeName: "ttl" }, "timeToLiveSpecification.enabled"],
    ])("asks for both members of the specification: %j", async (specification, path) => {
      const name = await createTable(client);
      await target.clock.advance(1);
      const input = { TableName: name, TimeToLiveSpecification: specification as never };
      expect(await refusal(client.send(new UpdateTimeToLiveCommand(input)))).toBe(
        validation(
          `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
        ),
      );
    });

    it("takes no name of more than 255 characters", async () => {
      const name = await createTable(client);
      await target.clock.advance(1);
      expect(await refusal(update(name, true, "x".repeat(256)))).toContain(
        "Member must have length less than or equal to 255",
      );
    });
  });

  describe("behaviour", () => {
    it("answers what it was given, is ENABLING and then ENABLED", async () => {
      const name = await createTable(client);
      await target.clock.advance(1);
      expect(await described(name)).toEqual({ TimeToLiveStatus: "DISABLED" });
      expect((await update(name, true)).TimeToLiveSpecification).toEqual({ Enabled: true, AttributeName: "ttl" });
      expect(await described(name)).toEqual({ TimeToLiveStatus: "ENABLING", AttributeName: "ttl" });
      await target.clock.advance(1);
      expect(await described(name)).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "ttl" });
    });

    it("refuses what is so already, and another attribute than the one at work", async () => {
      const name = await createTable(client);
      await target.clock.advance(1);
      expect(await refusal(update(name, false))).toBe(validation("TimeToLive is already disabled"));
      await update(name, true);
      await target.clock.advance(1);
      expect(await refusal(update(name, true))).toBe(validation("TimeToLive is already enabled"));
      const other = "TimeToLive is active on a different AttributeName: current AttributeName is ttl";
      expect(await refusal(update(name, true, "other"))).toBe(validation(other));
      expect(await refusal(update(name, false, "other"))).toBe(validation(other));
    });

    it("changes once an hour", async () => {
      const name = await createExpiring();
      const tooOften = validation("Time to live has been modified multiple times within a fixed interval");
      expect(await refusal(update(name, false))).toBe(tooOften);
      await target.clock.advance(HOUR_MS);
      await update(name, false);
      expect(await described(name)).toEqual({ TimeToLiveStatus: "DISABLING", AttributeName: "ttl" });
      await target.clock.advance(1);
      expect(await described(name)).toEqual({ TimeToLiveStatus: "DISABLED" });
      expect(await refusal(update(name, true))).toBe(tooOften);
      await target.clock.advance(HOUR_MS);
      await update(name, true, "other");
      await target.clock.advance(1);
      expect(await described(name)).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "other" });
    });

    it("waits for a table that is being created", async () => {
      const name = await createTable(client);
      expect(await refusal(update(name, true))).toBe(
        `ResourceInUseException: Attempt to change a resource which is still in use: Table is being created: ${name}`,
      );
      expect(await refusal(described(name))).toBe(
        validation("Cannot describe time to live while table is in CREATING state: Current table state is CREATING"),
      );
      expect(await refusal(update("not-there", true))).toBe(
        "ResourceNotFoundException: Requested resource not found: Table: not-there not found",
      );
    });
  });
});

describe("items with a time to live", () => {
  it("can be read until they are removed, a moment after their time", async () => {
    const name = await createExpiring();
    await putAll(client, name, [
      { pk: S("soon"), ttl: inMs(MINUTE_MS) },
      { pk: S("later"), ttl: inMs(HOUR_MS) },
    ]);
    await target.clock.advance(MINUTE_MS);
    expect(await keysIn(name)).toEqual(["later", "soon"]);
    await target.clock.advance(MINUTE_MS);
    expect(await keysIn(name)).toEqual(["later"]);
    expect((await describeTable(client, name))?.ItemCount).toBe(1);
    await target.clock.advance(HOUR_MS);
    expect(await keysIn(name)).toEqual([]);
  });

  it("stay where the attribute is no number, is not there, or is more than five years ago", async () => {
    const name = await createExpiring();
    const past = target.clock.now() - 6 * YEAR_MS;
    await putAll(client, name, [
      { pk: S("text"), ttl: S(inMs(-MINUTE_MS).N) },
      { pk: S("none") },
      { pk: S("set"), ttl: { NS: [inMs(-MINUTE_MS).N] } },
      { pk: S("old"), ttl: { N: String(Math.floor(past / 1000)) } },
      { pk: S("negative"), ttl: { N: "-1" } },
      { pk: S("milliseconds"), ttl: { N: String(target.clock.now()) } },
      { pk: S("beyond"), ttl: { N: "1e100" } },
      { pk: S("nested"), map: { M: { ttl: inMs(-MINUTE_MS) } } },
      { pk: S("expired"), ttl: inMs(-4 * YEAR_MS) },
    ]);
    await target.clock.advance(HOUR_MS);
    const left = ["beyond", "milliseconds", "negative", "nested", "none", "old", "set", "text"];
    expect(await keysIn(name)).toEqual(left);
  });

  it("live by the attribute's last value", async () => {
    const name = await createExpiring();
    await putAll(client, name, [
      { pk: S("longer"), ttl: inMs(MINUTE_MS) },
      { pk: S("shorter"), ttl: inMs(HOUR_MS) },
      { pk: S("forever"), ttl: inMs(MINUTE_MS) },
      { pk: S("deleted"), ttl: inMs(MINUTE_MS) },
    ]);
    const set = (pk: string, value: { N: string }) =>
      client.send(
        new UpdateItemCommand({
          TableName: name,
          Key: { pk: S(pk) },
          UpdateExpression: "SET #t = :t",
          ExpressionAttributeNames: { "#t": "ttl" },
          ExpressionAttributeValues: { ":t": value },
        }),
      );
    await set("longer", inMs(2 * HOUR_MS));
    await set("shorter", inMs(MINUTE_MS));
    await client.send(new PutItemCommand({ TableName: name, Item: { pk: S("forever") } }));
    await client.send(
      new BatchWriteItemCommand({ RequestItems: { [name]: [{ DeleteRequest: { Key: { pk: S("deleted") } } }] } }),
    );
    await target.clock.advance(HOUR_MS);
    expect(await keysIn(name)).toEqual(["forever", "longer"]);
  });

  it("expire that were there before it was enabled, however many", async () => {
    const name = await createTable(client);
    await target.clock.advance(1);
    const expiry = inMs(MINUTE_MS);
    const many = Array.from({ length: 1000 }, (_, i) => ({ pk: S(`old-${i}`), ttl: expiry }));
    for (let i = 0; i < many.length; i += 25) {
      const requests = many.slice(i, i + 25).map((Item) => ({ PutRequest: { Item } }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: requests } }));
    }
    await putAll(client, name, [{ pk: S("stays") }]);
    await update(name, true);
    // while they are being found
    await putAll(client, name, [{ pk: S("old-7"), ttl: inMs(HOUR_MS) }]);
    await target.clock.advance(2 * MINUTE_MS);
    expect(await keysIn(name)).toEqual(["old-7", "stays"]);
  });

  it("expire that are more than one transaction removes, by their bytes", async () => {
    const name = await createExpiring();
    const expiry = inMs(MINUTE_MS);
    const large = S("x".repeat(390 * 1024));
    for (let i = 0; i < 12; i++) await putAll(client, name, [{ pk: S(`${i}`), ttl: expiry, large }]);
    await target.clock.advance(2 * MINUTE_MS);
    expect(await keysIn(name)).toEqual([]);
  });

  it("do not expire when it has been disabled", async () => {
    const name = await createExpiring();
    await putAll(client, name, [{ pk: S("item"), ttl: inMs(2 * HOUR_MS) }]);
    await target.clock.advance(HOUR_MS);
    await update(name, false);
    await target.clock.advance(3 * HOUR_MS);
    expect(await keysIn(name)).toEqual(["item"]);
  });

  it("leave the indexes with the table", async () => {
    const name = await createExpiring({
      AttributeDefinitions: attributes({ pk: "S", g: "S" }),
      KeySchema: keys("pk"),
      GlobalSecondaryIndexes: [globalIndex("index", "g")],
    });
    await putAll(client, name, [{ pk: S("item"), g: S("x"), ttl: inMs(MINUTE_MS) }]);
    await target.clock.advance(2 * MINUTE_MS);
    const found = await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: "index",
        KeyConditionExpression: "g = :x",
        ExpressionAttributeValues: { ":x": S("x") },
      }),
    );
    expect(found.Items).toEqual([]);
  });

  it("are removed by the service, as the table's stream tells", async () => {
    const name = await createExpiring({
      StreamSpecification: { StreamEnabled: true, StreamViewType: "OLD_IMAGE" },
    });
    await putAll(client, name, [{ pk: S("item"), ttl: inMs(MINUTE_MS) }]);
    await target.clock.advance(2 * MINUTE_MS);
    const records = await allRecords(streams, await latestStream(client, name));
    expect(records.map(({ eventName, userIdentity }) => [eventName, userIdentity])).toEqual([
      ["INSERT", undefined],
      ["REMOVE", { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" }],
    ]);
    expect(records[1]?.dynamodb?.OldImage?.["pk"]).toEqual(S("item"));
  });

  it("go with their table", async () => {
    const name = await createExpiring();
    await putAll(client, name, [{ pk: S("item"), ttl: inMs(MINUTE_MS) }]);
    await client.send(new DeleteTableCommand({ TableName: name }));
    await target.clock.advance(1);
    await createTable(client, { TableName: name });
    await target.clock.advance(1);
    await putAll(client, name, [{ pk: S("item"), ttl: inMs(MINUTE_MS) }]);
    await target.clock.advance(HOUR_MS);
    expect(await keysIn(name)).toEqual(["item"]);
  });
});

describe("a restart", () => {
  const session = sessionsOn(useDataDirectory(), (config) => new DynamoDBClient({ ...config, maxAttempts: 1 }));

  it("goes on with what was being enabled, and removes what has expired meanwhile without being asked", async () => {
    const NOW = Date.UTC(2026, 5, 1);
    await session(NOW, async (before, clock) => {
      await createTable(before, { TableName: "kept" });
      await clock.advance(1);
      await putAll(before, "kept", [{ pk: S("expires"), ttl: inMs(MINUTE_MS, clock) }, { pk: S("stays") }]);
      await before.send(
        new UpdateTimeToLiveCommand({
          TableName: "kept",
          TimeToLiveSpecification: { Enabled: true, AttributeName: "ttl" },
        }),
      );
    });
    await session(NOW + HOUR_MS, async (after, clock) => {
      await clock.advance(MINUTE_MS);
      const { TimeToLiveDescription } = await after.send(new DescribeTimeToLiveCommand({ TableName: "kept" }));
      expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "ttl" });
      expect(await after.send(new GetItemCommand({ TableName: "kept", Key: { pk: S("expires") } }))).not.toHaveProperty(
        "Item",
      );
      expect(await keysIn("kept", after)).toEqual(["stays"]);
    });
  });
});
