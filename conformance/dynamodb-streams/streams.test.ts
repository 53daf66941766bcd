import {
  DeleteTableCommand,
  DescribeTableCommand,
  UpdateTableCommand,
  type CreateTableCommandInput,
  type StreamSpecification,
} from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, ListStreamsCommand } from "@aws-sdk/client-dynamodb-streams";
import {
  attributes,
  createTable,
  globalIndex,
  invalid,
  keys,
  putAll,
  refusal,
  validation,
} from "../dynamodb/support.ts";
import { allRecords, HOUR_MS, isOpen, latestStream, read, shardsOf, iterator, useStreams } from "./support.ts";

const on = useStreams();
const { client, streams, streamed, settle } = on;

const tableOf = async (TableName: string) => (await client.send(new DescribeTableCommand({ TableName }))).Table;
const streamOf = async (StreamArn: string) =>
  (await streams.send(new DescribeStreamCommand({ StreamArn }))).StreamDescription;
const change = (TableName: string, StreamSpecification: StreamSpecification, more = {}) =>
  client.send(new UpdateTableCommand({ TableName, StreamSpecification, ...more }));
const disable = (table: string) => change(table, { StreamEnabled: false });
const arnsOf = async (TableName?: string) => {
  const { Streams = [] } = await streams.send(new ListStreamsCommand({ TableName }));
  return Streams.map(({ StreamArn }) => StreamArn);
};

describe("the stream of a table", () => {
  it("is described by the table: by CreateTable, DescribeTable and UpdateTable", async () => {
    const StreamSpecification = { StreamEnabled: true, StreamViewType: "NEW_IMAGE" } as const;
    const now = on.target.clock.now();
    const table = await createTable(client, { StreamSpecification });
    const label = new Date(now).toISOString().slice(0, -1);
    const described = {
      StreamSpecification,
      LatestStreamLabel: label,
      LatestStreamArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${table}/stream/${label}`,
    };
    expect(await tableOf(table)).toMatchObject(described);
    await settle();
    const { TableDescription } = await client.send(
      new UpdateTableCommand({ TableName: table, DeletionProtectionEnabled: false }),
    );
    expect(TableDescription).toMatchObject(described);
  });

  it("is ENABLING until the table is ACTIVE, and described with the keys of the table", async () => {
    const table = await createTable(client, {
      AttributeDefinitions: attributes({ pk: "S", sk: "N" }),
      KeySchema: keys("pk", "sk"),
      StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
    });
    const arn = await latestStream(client, table);
    expect((await streamOf(arn))?.StreamStatus).toBe("ENABLING");
    await settle();
    expect(await streamOf(arn)).toMatchObject({
      StreamArn: arn,
      StreamLabel: arn.split("/").at(-1),
      StreamStatus: "ENABLED",
      StreamViewType: "KEYS_ONLY",
      TableName: table,
      KeySchema: keys("pk", "sk"),
      CreationRequestDateTime: expect.any(Date) as Date,
    });
  });

  it("can be begun on a table that is there, and takes the changes from then on", async () => {
    const table = await createTable(client);
    await settle();
    await putAll(client, table, [{ pk: { S: "before" } }]);
    expect((await tableOf(table))?.LatestStreamArn).toBeUndefined();
    const { TableDescription } = await change(table, { StreamEnabled: true, StreamViewType: "NEW_IMAGE" });
    await putAll(client, table, [{ pk: { S: "after" } }]);
    await settle();
    const records = await allRecords(streams, TableDescription?.LatestStreamArn ?? "");
    expect(records.map(({ dynamodb }) => dynamodb?.NewImage)).toEqual([{ pk: { S: "after" } }]);
  });

  it("stays readable for 24 hours when it is disabled, with all of its shards closed", async () => {
    const { table, arn } = await streamed();
    await putAll(client, table, [{ pk: { S: "a" } }]);
    const [shard] = await shardsOf(streams, arn);
    const waiting = await iterator(streams, arn, shard?.ShardId, "LATEST");
    const { TableDescription } = await disable(table);
    expect(TableDescription).toMatchObject({ LatestStreamArn: arn });
    expect(TableDescription?.StreamSpecification).toBeUndefined();
    expect((await streamOf(arn))?.StreamStatus).toBe("DISABLING");
    await settle();
    expect((await streamOf(arn))?.StreamStatus).toBe("DISABLED");
    await putAll(client, table, [{ pk: { S: "b" } }]);

    expect((await shardsOf(streams, arn)).map(isOpen)).toEqual([false]);
    const { Records, NextShardIterator } = await read(streams, await iterator(streams, arn, shard?.ShardId));
    expect(Records?.map(({ dynamodb }) => dynamodb?.Keys)).toEqual([{ pk: { S: "a" } }]);
    expect(NextShardIterator).toBeUndefined();
    expect(await read(streams, waiting)).toMatchObject({ Records: [] });
    expect((await read(streams, waiting)).NextShardIterator).toBeUndefined();

    await on.target.clock.advance(23 * HOUR_MS);
    expect(await arnsOf(table)).toEqual([arn]);
    await on.target.clock.advance(HOUR_MS);
    expect(await arnsOf(table)).toEqual([]);
    expect(await refusal(streamOf(arn))).toBe(
      `ResourceNotFoundException: Requested resource not found: Stream: ${arn} not found`,
    );
  });

  it("is another one when it is enabled again", async () => {
    const { table, arn } = await streamed();
    await disable(table);
    await settle();
    await change(table, { StreamEnabled: true, StreamViewType: "OLD_IMAGE" });
    await settle();
    const second = await latestStream(client, table);
    expect(second).not.toBe(arn);
    expect((await tableOf(table))?.StreamSpecification?.StreamViewType).toBe("OLD_IMAGE");
    expect(await arnsOf(table)).toEqual([arn, second]);
    expect((await streamOf(arn))?.StreamViewType).toBe("NEW_AND_OLD_IMAGES");
  });

  it("outlives its table by 24 hours", async () => {
    const { table, arn } = await streamed();
    await putAll(client, table, [{ pk: { S: "a" } }]);
    await client.send(new DeleteTableCommand({ TableName: table }));
    await settle();
    expect(await streamOf(arn)).toMatchObject({ StreamStatus: "DISABLED", TableName: table });
    // the deletion of a table is none of its items
    expect((await allRecords(streams, arn)).map(({ eventName }) => eventName)).toEqual(["INSERT"]);
    await on.target.clock.advance(24 * HOUR_MS);
    expect(await refusal(streamOf(arn))).toContain("ResourceNotFoundException");
  });

  describe("validation", () => {
    it.each<[string, Partial<CreateTableCommandInput>["StreamSpecification"], string]>([
      [
        "without a view type",
        { StreamEnabled: true },
        invalid("Table is being created with a stream enabled, UpdateViewType is required"),
      ],
      [
        "with a view type but disabled",
        { StreamEnabled: false, StreamViewType: "NEW_IMAGE" },
        invalid("Table is being created with a stream disabled, UpdateViewType should not be specified"),
      ],
    ])("refuses a new table with a stream %s", async (_what, StreamSpecification, message) => {
      expect(await refusal(createTable(client, { StreamSpecification }))).toBe(message);
    });

    it("takes a new table whose stream is disabled", async () => {
      const table = await createTable(client, { StreamSpecification: { StreamEnabled: false } });
      expect((await tableOf(table))?.LatestStreamArn).toBeUndefined();
    });

    it("refuses changes that make no sense, and those that go with others", async () => {
      const { table } = await streamed();
      const plain = await createTable(client);
      await settle();
      const view = { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } as const;
      expect(await refusal(change(table, view))).toBe(
        validation(`Table already has an enabled stream: TableName: ${table}`),
      );
      expect(await refusal(disable(plain))).toBe(validation(`Table has no stream to disable: TableName: ${plain}`));
      expect(await refusal(change(plain, { StreamEnabled: true }))).toBe(
        invalid("If stream is being enabled then UpdateViewType is required"),
      );
      expect(await refusal(change(table, { StreamEnabled: false, StreamViewType: "KEYS_ONLY" }))).toBe(
        invalid("If stream is being disabled, then UpdateViewType must not be specified"),
      );
      const ProvisionedThroughput = { ReadCapacityUnits: 2, WriteCapacityUnits: 2 };
      expect(await refusal(change(plain, view, { ProvisionedThroughput }))).toBe(
        invalid("You cannot modify stream status while updating table IOPS"),
      );
      const GlobalSecondaryIndexUpdates = [{ Create: globalIndex("index", "g") }];
      const AttributeDefinitions = attributes({ g: "S" });
      expect(await refusal(change(plain, view, { GlobalSecondaryIndexUpdates, AttributeDefinitions }))).toBe(
        invalid("You cannot create or delete index while changing stream status"),
      );
    });
  });
});

describe("ListStreams", () => {
  it("answers by pages, of all tables or of one", async () => {
    const made = [await streamed(), await streamed(), await streamed()];
    const seen: (string | undefined)[] = [];
    let after: string | undefined;
    do {
      const page = await streams.send(new ListStreamsCommand({ Limit: 1, ExclusiveStartStreamArn: after }));
      expect(page.Streams?.length).toBeLessThanOrEqual(1);
      seen.push(...(page.Streams ?? []).map(({ StreamArn }) => StreamArn));
      after = page.LastEvaluatedStreamArn;
    } while (after !== undefined);
    expect(seen.filter((arn) => made.some((one) => one.arn === arn))).toEqual(made.map(({ arn }) => arn));
    expect(new Set(seen).size).toBe(seen.length);

    const [one] = made;
    const { Streams, LastEvaluatedStreamArn } = await streams.send(new ListStreamsCommand({ TableName: one?.table }));
    expect(Streams).toEqual([{ StreamArn: one?.arn, StreamLabel: one?.arn.split("/").at(-1), TableName: one?.table }]);
    expect(LastEvaluatedStreamArn).toBeUndefined();
  });

  it("has nothing for a table without a stream, and for one that is not there", async () => {
    expect(await arnsOf(await createTable(client))).toEqual([]);
    expect(await arnsOf("no-such-table")).toEqual([]);
  });

  it("refuses limits and places that are none", async () => {
    const list = (input: object) => streams.send(new ListStreamsCommand(input));
    expect(await refusal(list({ Limit: 101 }))).toBe(
      validation(
        "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: " +
          "Member must have value less than or equal to 100",
      ),
    );
    expect(await refusal(list({ Limit: 0 }))).toContain("ValidationException");
    expect(await refusal(list({ ExclusiveStartStreamArn: "x".repeat(50) }))).toBe(validation("Invalid StreamArn"));
  });
});

describe("DescribeStream", () => {
  it("refuses what names no stream", async () => {
    const { arn } = await streamed();
    const gone = arn.replace(/stream\/.*/, "stream/2020-01-01T00:00:00.000");
    expect(await refusal(streamOf(gone))).toBe(
      `ResourceNotFoundException: Requested resource not found: Stream: ${gone} not found`,
    );
    expect(await refusal(streamOf("x".repeat(50)))).toBe(validation("Invalid StreamArn"));
    expect(await refusal(streams.send(new DescribeStreamCommand({ StreamArn: arn, Limit: 101 })))).toContain(
      "Member must have value less than or equal to 100",
    );
  });
});
