/** Proves UpdateContinuousBackups, DescribeContinuousBackups and RestoreTableToPointInTime. */
import {
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  RestoreTableToPointInTimeCommand,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  type RestoreTableToPointInTimeCommandInput,
} from "@aws-sdk/client-dynamodb";
import { sessionsOn, useDataDirectory } from "../data-directory.ts";
import { contents, numbered, putMany, recoverable } from "./backup-support.ts";
import {
  attributes,
  createTable,
  describeTable,
  globalIndex,
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
const DAY_MS = 24 * 60 * 60 * SECOND_MS;

const { target, client } = useDynamoDb({ manualClock: true });

async function createRecoverable(definition: Parameters<typeof createTable>[1] = {}, days?: number): Promise<string> {
  const name = await createTable(client, definition);
  // to a whole second: recovery begins with one
  await target.clock.advance(SECOND_MS - (target.clock.now() % SECOND_MS));
  await recoverable(client, name, days);
  return name;
}

const described = async (TableName: string) =>
  (await client.send(new DescribeContinuousBackupsCommand({ TableName }))).ContinuousBackupsDescription
    ?.PointInTimeRecoveryDescription;

async function restore(
  SourceTableName: string | undefined,
  input: Partial<RestoreTableToPointInTimeCommandInput>,
): Promise<string> {
  const TargetTableName = input.TargetTableName ?? uniqueName("restored");
  await client.send(new RestoreTableToPointInTimeCommand({ SourceTableName, ...input, TargetTableName }));
  return TargetTableName;
}

async function contentsAt(SourceTableName: string, at: number): Promise<Record<string, Item>> {
  const name = await restore(SourceTableName, { RestoreDateTime: new Date(at) });
  await target.clock.advance(1);
  return contents(client, name);
}

describe("UpdateContinuousBackups", () => {
  it("begins the window at that time, which moves with the period", async () => {
    const name = await createTable(client);
    await target.clock.advance(SECOND_MS);
    expect(await described(name)).toEqual({ PointInTimeRecoveryStatus: "DISABLED" });
    const enabledAt = Math.floor(target.clock.now() / SECOND_MS) * SECOND_MS;
    const answer = await recoverable(client, name, 2);
    expect(answer).toEqual({
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: {
        PointInTimeRecoveryStatus: "ENABLED",
        RecoveryPeriodInDays: 2,
        EarliestRestorableDateTime: new Date(enabledAt),
        LatestRestorableDateTime: new Date(target.clock.now()),
      },
    });
    await target.clock.advance(3 * DAY_MS);
    expect(await described(name)).toMatchObject({
      EarliestRestorableDateTime: new Date(target.clock.now() - 2 * DAY_MS),
      LatestRestorableDateTime: new Date(target.clock.now()),
    });
    await recoverable(client, name, 1);
    expect(await described(name)).toMatchObject({
      RecoveryPeriodInDays: 1,
      EarliestRestorableDateTime: new Date(target.clock.now() - DAY_MS),
    });
  });

  it("keeps 35 days unless told otherwise, and forgets all when it is disabled", async () => {
    const name = await createRecoverable();
    expect(await described(name)).toMatchObject({ RecoveryPeriodInDays: 35 });
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: false };
    await client.send(new UpdateContinuousBackupsCommand({ TableName: name, PointInTimeRecoverySpecification }));
    expect(await described(name)).toEqual({ PointInTimeRecoveryStatus: "DISABLED" });
    expect(await refusal(contentsAt(name, target.clock.now()))).toBe(
      `PointInTimeRecoveryUnavailableException: Point in time recovery is not enabled for table '${name}'`,
    );
    await target.clock.advance(SECOND_MS);
    await recoverable(client, name);
    expect(await described(name)).toMatchObject({ EarliestRestorableDateTime: new Date(target.clock.now()) });
  });

  it("takes periods from 1 to 35 days, and none when it is disabled", async () => {
    const name = await createTable(client);
    await target.clock.advance(1);
    expect(await refusal(recoverable(client, name, 36))).toBe(
      validation(
        "1 validation error detected: Value '36' at 'pointInTimeRecoverySpecification.recoveryPeriodInDays' failed to " +
          "satisfy constraint: Member must have value less than or equal to 35",
      ),
    );
    const specification = { PointInTimeRecoveryEnabled: false, RecoveryPeriodInDays: 7 };
    const disabling = new UpdateContinuousBackupsCommand({
      TableName: name,
      PointInTimeRecoverySpecification: specification,
    });
    expect(await refusal(client.send(disabling))).toBe(
      validation("Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery."),
    );
  });

  it("finds no table that is not there, and waits for one that is being created", async () => {
    expect(await refusal(recoverable(client, "not-there"))).toBe("TableNotFoundException: Table not found: not-there");
    expect(await refusal(described("not-there"))).toBe("TableNotFoundException: Table not found: not-there");
    const name = await createTable(client);
    expect(await refusal(recoverable(client, name))).toContain("ContinuousBackupsUnavailableException");
  });
});

describe("RestoreTableToPointInTime", () => {
  describe("validation", () => {
    it("wants one source, one time, and a time within the window", async () => {
      const name = await createRecoverable();
      await target.clock.advance(10 * SECOND_MS);
      const arn = (await describeTable(client, name))?.TableArn ?? "";
      const now = target.clock.now();
      const latest = { UseLatestRestorableTime: true };
      const at = (time: number) => ({ RestoreDateTime: new Date(time) });
      expect(await refusal(restore(name, { ...latest, ...at(now) }))).toContain(
        "Invalid Request: Both RestoreDateTime and UseLatestRestorableTime cannot be set",
      );
      expect(await refusal(restore(name, {}))).toBe(
        validation(
          "Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both",
        ),
      );
      expect(await refusal(restore(name, { ...latest, SourceTableArn: arn }))).toBe(
        validation("Must provide exactly one of: sourceTableArn, sourceTableName"),
      );
      expect(await refusal(restore(undefined, latest))).toContain("'TableName' is required");
      expect(await refusal(restore("not-there", latest))).toBe("TableNotFoundException: Table not found: not-there");
      const seconds = (time: number) => new Date(time).toISOString().replace(/\.\d+/, "");
      expect(await refusal(restore(name, at(now + SECOND_MS)))).toBe(
        `InvalidRestoreTimeException: RestoreDateTime '${seconds(now + SECOND_MS)}' must be within ` +
          `EarliestRestorableDateTime '${seconds(now - 10 * SECOND_MS)}' and LatestRestorableDateTime '${seconds(now)}'`,
      );
      expect(await refusal(restore(name, at(now - 11 * SECOND_MS)))).toContain("InvalidRestoreTimeException");
      expect(await refusal(restore(name, { ...latest, TargetTableName: name }))).toBe(
        `TableAlreadyExistsException: Table already exists: ${name}`,
      );
    });
  });

  describe("behaviour", () => {
    it("makes a table of what another one was at that time, by the schema that it has", async () => {
      const name = await createRecoverable({
        AttributeDefinitions: attributes({ pk: "S", g: "S" }),
        GlobalSecondaryIndexes: [globalIndex("index", "g")],
      });
      await putAll(client, name, [
        { pk: S("changed"), g: S("x"), value: N(1) },
        { pk: S("deleted"), g: S("x") },
      ]);
      const at = target.clock.now();
      await target.clock.advance(SECOND_MS);
      await putAll(client, name, [
        { pk: S("changed"), g: S("x"), value: N(2) },
        { pk: S("added"), g: S("x") },
      ]);
      await client.send(new DeleteItemCommand({ TableName: name, Key: { pk: S("deleted") } }));
      await target.clock.advance(SECOND_MS);
      await putAll(client, name, [
        { pk: S("changed"), value: N(3) },
        { pk: S("deleted"), again: N(1) },
      ]);

      const restored = await restore(undefined, {
        SourceTableArn: (await describeTable(client, name))?.TableArn,
        RestoreDateTime: new Date(at),
      });
      expect((await describeTable(client, restored))?.RestoreSummary).toEqual({
        SourceTableArn: (await describeTable(client, name))?.TableArn,
        RestoreDateTime: new Date(at),
        RestoreInProgress: true,
      });
      await target.clock.advance(1);
      expect(await contents(client, restored)).toEqual({
        changed: { pk: S("changed"), g: S("x"), value: N(1) },
        deleted: { pk: S("deleted"), g: S("x") },
      });
      const { Items } = await client.send(
        new QueryCommand({
          TableName: restored,
          IndexName: "index",
          KeyConditionExpression: "g = :x",
          ExpressionAttributeValues: { ":x": S("x") },
        }),
      );
      expect(Items?.map(({ pk }) => pk?.S).toSorted()).toEqual(["changed", "deleted"]);
      expect((await describeTable(client, restored))?.ItemCount).toBe(2);
      expect(Object.keys(await contentsAt(name, at + SECOND_MS)).toSorted()).toEqual(["added", "changed"]);
    });

    it("has what was there before recovery was enabled, and all of it at the latest time", async () => {
      const name = await createTable(client);
      await target.clock.advance(SECOND_MS);
      await putAll(client, name, [{ pk: S("before") }]);
      await recoverable(client, name);
      await putAll(client, name, [{ pk: S("after") }]);
      const restored = await restore(name, { UseLatestRestorableTime: true });
      await target.clock.advance(1);
      expect(Object.keys(await contents(client, restored)).toSorted()).toEqual(["after", "before"]);
    });

    it("finds every second of random writes, while others go on", async () => {
      const name = await createRecoverable();
      const keys = Array.from({ length: 12 }, (_, i) => `key-${i}`);
      const states: { at: number; state: Record<string, Item> }[] = [];
      let seed = 7;
      const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
      for (let second = 0; second < 25; second++) {
        for (let write = 0; write < 4; write++) await writeSomething(name, keys[random(12)] ?? "", random(4), second);
        states.push({ at: target.clock.now(), state: await contents(client, name) });
        await target.clock.advance(SECOND_MS);
      }
      for (const { at, state } of states.filter((_, i) => i % 4 === 0)) {
        const restored = await restore(name, { RestoreDateTime: new Date(at + 500) });
        // these come while the restore is under way
        await writeSomething(name, keys[random(12)] ?? "", random(4), 100);
        await target.clock.advance(1);
        expect(await contents(client, restored)).toEqual(state);
      }
    });

    it("is right for many items that change while they are copied", async () => {
      const name = await createRecoverable();
      await putMany(client, name, numbered(700, 1));
      const at = target.clock.now();
      await target.clock.advance(SECOND_MS);
      await putMany(client, name, numbered(350, 2));
      const restored = await restore(name, { RestoreDateTime: new Date(at) });
      const restoring = (async () => {
        while ((await describeTable(client, restored))?.TableStatus !== "ACTIVE") await target.clock.advance(0);
      })();
      await putMany(client, name, numbered(700, 3));
      await restoring;
      const values = Object.values(await contents(client, restored)).map((item) => item["value"]?.N);
      expect([values.length, new Set(values)]).toEqual([700, new Set(["1"])]);
    });

    it("finds nothing older than the period", async () => {
      const name = await createRecoverable({}, 1);
      await putAll(client, name, [{ pk: S("item"), value: N(1) }]);
      const at = target.clock.now();
      await target.clock.advance(DAY_MS);
      await putAll(client, name, [{ pk: S("item"), value: N(2) }]);
      await target.clock.advance(2 * 60 * 60 * SECOND_MS);
      expect(await refusal(contentsAt(name, at))).toContain("InvalidRestoreTimeException");
      const earliest = (await described(name))?.EarliestRestorableDateTime?.getTime() ?? 0;
      expect(await contentsAt(name, earliest)).toEqual({ item: { pk: S("item"), value: N(1) } });
    });

    it("goes on when recovery is switched off, and its source is written", async () => {
      const name = await createRecoverable();
      await putAll(client, name, [{ pk: S("item"), value: N(1) }]);
      const at = target.clock.now();
      await target.clock.advance(SECOND_MS);
      const restored = await restore(name, { RestoreDateTime: new Date(at) });
      const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: false };
      await client.send(new UpdateContinuousBackupsCommand({ TableName: name, PointInTimeRecoverySpecification }));
      await putAll(client, name, [{ pk: S("item"), value: N(2) }, { pk: S("later") }]);
      await target.clock.advance(1);
      expect(await contents(client, restored)).toEqual({ item: { pk: S("item"), value: N(1) } });
    });

    it("has what is written in the very millisecond that it restores", async () => {
      const name = await createRecoverable();
      await putAll(client, name, [{ pk: S("item"), value: N(1) }]);
      const restored = await restore(name, { UseLatestRestorableTime: true });
      await target.clock.advance(0);
      await putAll(client, name, [{ pk: S("item"), value: N(2) }]);
      await target.clock.advance(1);
      expect(await contents(client, restored)).toEqual({ item: { pk: S("item"), value: N(2) } });
    });

    it("goes on when its source is deleted", async () => {
      const name = await createRecoverable();
      await putAll(client, name, [{ pk: S("item"), value: N(1) }]);
      const at = target.clock.now();
      await target.clock.advance(SECOND_MS);
      await putAll(client, name, [{ pk: S("item"), value: N(2) }]);
      const restored = await restore(name, { RestoreDateTime: new Date(at) });
      await client.send(new DeleteTableCommand({ TableName: name }));
      await target.clock.advance(1);
      expect(await contents(client, restored)).toEqual({ item: { pk: S("item"), value: N(1) } });
    });
  });
});

async function writeSomething(TableName: string, key: string, kind: number, value: number): Promise<void> {
  const pk = S(key);
  if (kind === 0) await client.send(new PutItemCommand({ TableName, Item: { pk, put: N(value) } }));
  else if (kind === 1) await client.send(new DeleteItemCommand({ TableName, Key: { pk } }));
  else if (kind === 2) {
    const UpdateExpression = "ADD updates :v";
    const ExpressionAttributeValues = { ":v": N(value) };
    await client.send(new UpdateItemCommand({ TableName, Key: { pk }, UpdateExpression, ExpressionAttributeValues }));
  } else {
    const TransactItems = [
      { Put: { TableName, Item: { pk, transaction: N(value) } } },
      { Delete: { TableName, Key: { pk: S("key-0-other") } } },
    ];
    await client.send(new TransactWriteItemsCommand({ TransactItems }));
  }
}

describe("a restart", () => {
  const session = sessionsOn(useDataDirectory(), (config) => new DynamoDBClient({ ...config, maxAttempts: 1 }));

  it("loses no change, even with a clock that has gone back", async () => {
    const NOW = Date.UTC(2026, 5, 1);
    await session(NOW, async (first, clock) => {
      await createTable(first, { TableName: "source" });
      await clock.advance(1);
      await recoverable(first, "source");
      await putAll(first, "source", [{ pk: S("item"), value: N(1) }]);
      await clock.advance(10 * SECOND_MS);
      await putAll(first, "source", [{ pk: S("item"), value: N(2) }]);
    });
    await session(NOW + 5 * SECOND_MS, async (second, clock) => {
      await putAll(second, "source", [{ pk: S("item"), value: N(3) }]);
      await clock.advance(10 * SECOND_MS);
      const RestoreDateTime = new Date(NOW + SECOND_MS);
      await second.send(
        new RestoreTableToPointInTimeCommand({
          SourceTableName: "source",
          TargetTableName: "restored",
          RestoreDateTime,
        }),
      );
    });
    await session(NOW + DAY_MS, async (third, clock) => {
      await clock.advance(1);
      expect(await contents(third, "restored")).toEqual({ item: { pk: S("item"), value: N(1) } });
      expect(await contents(third, "source")).toEqual({ item: { pk: S("item"), value: N(3) } });
    });
  });
});
