/**
 * Proves EnableKinesisStreamingDestination, UpdateKinesisStreamingDestination, DisableKinesisStreamingDestination and
 * DescribeKinesisStreamingDestination.
 */
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeKinesisStreamingDestinationCommand,
  DisableKinesisStreamingDestinationCommand,
  DynamoDBClient,
  EnableKinesisStreamingDestinationCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateKinesisStreamingDestinationCommand,
} from "@aws-sdk/client-dynamodb";
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from "@aws-sdk/client-kinesis";
import { startEmulator } from "../../emulator/index.ts";
import { useDataDirectory } from "../data-directory.ts";
import { eventually, useClient } from "../target.ts";
import { createSorted, createTable, refusal, uniqueName, useDynamoDb, validation } from "./support.ts";

interface ChangeRecord {
  readonly awsRegion: string;
  readonly eventID: string;
  readonly eventName: string;
  readonly userIdentity: unknown;
  readonly recordFormat: string;
  readonly tableName: string;
  readonly eventSource: string;
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly ApproximateCreationDateTimePrecision?: string;
    readonly Keys: Record<string, unknown>;
    readonly NewImage?: Record<string, unknown>;
    readonly OldImage?: Record<string, unknown>;
    readonly SizeBytes: number;
  };
}

const { target, client } = useDynamoDb({ kinesisLimits: "off" });
const kinesis = useClient(new KinesisClient(target.clientConfig()));

async function createStream(ShardCount = 1, of = kinesis): Promise<string> {
  const StreamName = uniqueName("changes");
  await of.send(new CreateStreamCommand({ StreamName, ShardCount }));
  return eventually("the stream is active", async () => {
    const { StreamDescriptionSummary: stream } = await of.send(new DescribeStreamSummaryCommand({ StreamName }));
    return stream?.StreamStatus === "ACTIVE" ? stream.StreamARN : undefined;
  });
}

/** All records of a stream: those of each shard in their order. */
async function recordsOf(StreamARN: string, of = kinesis): Promise<{ partitionKey: string; change: ChangeRecord }[]> {
  const { Shards = [] } = await of.send(new ListShardsCommand({ StreamARN }));
  const records = [];
  for (const { ShardId } of Shards) {
    let { ShardIterator } = await of.send(
      new GetShardIteratorCommand({ StreamARN, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
    );
    for (;;) {
      const {
        Records = [],
        NextShardIterator,
        MillisBehindLatest,
      } = await of.send(new GetRecordsCommand({ ShardIterator }));
      records.push(...Records);
      ShardIterator = NextShardIterator;
      if (Records.length === 0 && MillisBehindLatest === 0) break;
    }
  }
  return records.map(({ PartitionKey = "", Data }) => ({
    partitionKey: PartitionKey,
    change: JSON.parse(Buffer.from(Data ?? []).toString()) as ChangeRecord,
  }));
}

const arrived = (arn: string, count: number, of = kinesis) =>
  eventually(`${count} records`, async () => {
    const records = await recordsOf(arn, of);
    return records.length >= count ? records : undefined;
  });

const destinations = async (TableName: string, of = client) =>
  (await of.send(new DescribeKinesisStreamingDestinationCommand({ TableName }))).KinesisDataStreamDestinations ?? [];

const settled = (TableName: string, status: string, of = client) =>
  eventually(`the destination is ${status}`, async () => {
    const [first] = await destinations(TableName, of);
    return first?.DestinationStatus === status ? first : undefined;
  });

async function enable(TableName: string, StreamArn: string, precision?: "MICROSECOND" | "MILLISECOND", of = client) {
  const EnableKinesisStreamingConfiguration = precision && { ApproximateCreationDateTimePrecision: precision };
  const answer = await of.send(
    new EnableKinesisStreamingDestinationCommand({
      TableName,
      StreamArn,
      ...(EnableKinesisStreamingConfiguration && { EnableKinesisStreamingConfiguration }),
    }),
  );
  await settled(TableName, "ACTIVE", of);
  return answer;
}

const put = (TableName: string, pk: string, n: number, of = client) =>
  of.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, n: { N: String(n) } } }));

const WRONG_STATE = "Table is not in a valid state to enable Kinesis Streaming Destination: ";
const NOT_DISABLED = validation(
  `${WRONG_STATE}EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.`,
);
const NOT_ACTIVE = validation(`${WRONG_STATE}KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.`);
const arn = (name: string, region = "us-east-1") => `arn:aws:kinesis:${region}:000000000000:stream/${name}`;

describe("EnableKinesisStreamingDestination", () => {
  describe("validation", () => {
    it("knows the table", async () => {
      const call = client.send(
        new EnableKinesisStreamingDestinationCommand({ TableName: "absent", StreamArn: arn("changes") }),
      );
      expect(await refusal(call)).toBe(
        "ResourceNotFoundException: Requested resource not found: Table: absent not found",
      );
    });

    it("has one stream at a time", async () => {
      const [name, stream, other] = [await createTable(client), await createStream(), await createStream()];
      await enable(name, stream);
      for (const StreamArn of [stream, other]) {
        const call = client.send(new EnableKinesisStreamingDestinationCommand({ TableName: name, StreamArn }));
        expect(await refusal(call)).toBe(NOT_DISABLED);
      }
    });

    it.each([
      ["a stream that is not there", arn("absent"), "User does not have a permission to use kinesis stream"],
      [
        "a stream of another region",
        arn("changes", "eu-west-1"),
        "The kinesis Arn used to enable kinesis replication belongs to a stream which is not in the current region",
      ],
    ])("says afterwards what is wrong with %s", async (_what, StreamArn, description) => {
      const name = await createTable(client);
      await client.send(new EnableKinesisStreamingDestinationCommand({ TableName: name, StreamArn }));
      expect(await settled(name, "ENABLE_FAILED")).toMatchObject({ DestinationStatusDescription: description });
    });
  });

  describe("behaviour", () => {
    it("answers at once, and is ACTIVE a moment later", async () => {
      const [name, stream] = [await createTable(client), await createStream()];
      expect(await destinations(name)).toEqual([]);
      const { $metadata: _metadata, ...answer } = await enable(name, stream);
      expect(answer).toEqual({
        TableName: name,
        StreamArn: stream,
        DestinationStatus: "ENABLING",
        EnableKinesisStreamingConfiguration: {},
      });
      expect(await destinations(name)).toEqual([{ StreamArn: stream, DestinationStatus: "ACTIVE" }]);
    });

    it("brings what becomes of items, whole, before and after", async () => {
      const [name, stream] = [await createSorted(client), await createStream()];
      const before = Date.now();
      await enable(name, stream);
      const Key = { pk: { S: "a" }, sk: { S: "1" } };
      await client.send(new PutItemCommand({ TableName: name, Item: { ...Key, text: { S: "one" } } }));
      await client.send(
        new UpdateItemCommand({
          TableName: name,
          Key,
          UpdateExpression: "SET #n = :n",
          ExpressionAttributeNames: { "#n": "number" },
          ExpressionAttributeValues: { ":n": { N: "2" } },
        }),
      );
      await client.send(new DeleteItemCommand({ TableName: name, Key }));
      const [inserted, modified, removed] = (await arrived(stream, 3)).map(({ change }) => change);
      expect(inserted).toEqual({
        awsRegion: "us-east-1",
        eventID: expect.stringMatching(/^[\da-f-]{36}$/),
        eventName: "INSERT",
        userIdentity: null,
        recordFormat: "application/json",
        tableName: name,
        dynamodb: {
          ApproximateCreationDateTime: expect.any(Number),
          Keys: Key,
          NewImage: { ...Key, text: { S: "one" } },
          SizeBytes: 19,
        },
        eventSource: "aws:dynamodb",
      });
      expect(inserted?.dynamodb.ApproximateCreationDateTime).toBeGreaterThanOrEqual(before);
      const changed = { ...Key, text: { S: "one" }, number: { N: "2" } };
      expect(modified).toMatchObject({
        eventName: "MODIFY",
        dynamodb: { OldImage: inserted?.dynamodb.NewImage, NewImage: changed },
      });
      expect(removed).toMatchObject({ eventName: "REMOVE", dynamodb: { Keys: Key, OldImage: changed } });
      expect(removed?.dynamodb).not.toHaveProperty("NewImage");
    });

    it("brings batches and transactions, and nothing of what changes nothing or is refused", async () => {
      const [name, stream] = [await createTable(client), await createStream()];
      await enable(name, stream);
      const write = (pk: string) => ({ PutRequest: { Item: { pk: { S: pk } } } });
      await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: [write("a"), write("b")] } }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: [write("a")] } }));
      const Put = { TableName: name, Item: { pk: { S: "c" } } };
      const ConditionCheck = {
        TableName: name,
        Key: { pk: { S: "b" } },
        ConditionExpression: "attribute_not_exists(pk)",
      };
      const cancelled = client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }, { ConditionCheck }] }));
      await expect(cancelled).rejects.toThrow("ConditionalCheckFailed");
      await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] }));
      await put(name, "last", 1);
      const keys = (await arrived(stream, 4)).map(({ change }) => change.dynamodb.Keys);
      expect(keys).toEqual(["a", "b", "c", "last"].map((pk) => ({ pk: { S: pk } })));
    });

    it("keeps the order of each item, on any number of shards", async () => {
      const [name, stream] = [await createTable(client), await createStream(4)];
      await enable(name, stream);
      const items = ["a", "b", "c", "d", "e", "f"];
      await Promise.all(
        items.map(async (pk) => {
          for (let n = 1; n <= 20; n++) await put(name, pk, n);
        }),
      );
      const records = await arrived(stream, items.length * 20);
      expect(new Set(records.map(({ partitionKey }) => partitionKey)).size).toBe(items.length);
      for (const pk of items) {
        const own = records.filter(({ change }) => (change.dynamodb.Keys["pk"] as { S: string }).S === pk);
        const numbers = own.map(({ change }) => change.dynamodb.NewImage?.["n"]);
        expect(numbers).toEqual(Array.from({ length: 20 }, (_, i) => ({ N: String(i + 1) })));
      }
    });

    it("brings what happened before the table was deleted", async () => {
      const [name, stream] = [await createTable(client), await createStream()];
      await enable(name, stream);
      await put(name, "a", 1);
      await client.send(new DeleteTableCommand({ TableName: name }));
      expect(await arrived(stream, 1)).toHaveLength(1);
    });
  });
});

describe("UpdateKinesisStreamingDestination", () => {
  const update = (TableName: string, StreamArn: string, precision?: "MICROSECOND" | "MILLISECOND") =>
    client.send(
      new UpdateKinesisStreamingDestinationCommand({
        TableName,
        StreamArn,
        ...(precision && { UpdateKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: precision } }),
      }),
    );

  it("refuses what says nothing, or nothing new, or is of no active stream", async () => {
    const [name, stream] = [await createTable(client), await createStream()];
    expect(await refusal(update(name, stream, "MICROSECOND"))).toBe(
      validation(
        `${WRONG_STATE}Kinesis streaming is not in ACTIVE state. Updates are only allowed in ACTIVE state. ` +
          `TableName: ${name}, kdsArn: ${stream}`,
      ),
    );
    await enable(name, stream);
    expect(await refusal(update(name, stream))).toBe(
      validation(
        "Streaming destination cannot be updated with given parameters: " +
          "UpdateKinesisStreamingConfiguration cannot be null or contain only null values",
      ),
    );
    expect(await refusal(update(name, stream, "MILLISECOND"))).toMatch(
      /^ValidationException: Invalid Request: Precision is already set to the desired value of MILLISECOND for tableId: /,
    );
  });

  it("has times told in microseconds, and each later than the one before", async () => {
    const [name, stream] = [await createTable(client), await createStream()];
    await enable(name, stream);
    await put(name, "a", 0);
    expect(await update(name, stream, "MICROSECOND")).toMatchObject({
      DestinationStatus: "UPDATING",
      UpdateKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: "MICROSECOND" },
    });
    expect(await settled(name, "ACTIVE")).toMatchObject({ ApproximateCreationDateTimePrecision: "MICROSECOND" });
    for (let n = 1; n <= 5; n++) await put(name, "a", n);
    const [first, ...others] = (await arrived(stream, 6)).map(({ change }) => change.dynamodb);
    expect(first).not.toHaveProperty("ApproximateCreationDateTimePrecision");
    expect(new Set(others.map((each) => each.ApproximateCreationDateTimePrecision))).toEqual(new Set(["MICROSECOND"]));
    const times = others.map((each) => each.ApproximateCreationDateTime);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
    expect(String(times[0])).toHaveLength(16);
  });
});

describe("DisableKinesisStreamingDestination", () => {
  const disable = (TableName: string, StreamArn: string) =>
    client.send(new DisableKinesisStreamingDestinationCommand({ TableName, StreamArn }));

  it("refuses a stream that is not enabled, and a configuration", async () => {
    const [name, stream] = [await createTable(client), await createStream()];
    expect(await refusal(disable(name, stream))).toBe(NOT_ACTIVE);
    const call = client.send(
      new DisableKinesisStreamingDestinationCommand({
        TableName: name,
        StreamArn: stream,
        EnableKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: "MICROSECOND" },
      }),
    );
    expect(await refusal(call)).toBe(
      validation("Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters"),
    );
  });

  it("brings what happened before it and nothing behind it, and can be enabled again", async () => {
    const [name, stream] = [await createTable(client), await createStream()];
    await enable(name, stream);
    await put(name, "a", 1);
    expect(await disable(name, stream)).toMatchObject({ DestinationStatus: "DISABLING" });
    await settled(name, "DISABLED");
    expect(await refusal(disable(name, stream))).toBe(NOT_ACTIVE);
    await put(name, "a", 2);
    await enable(name, stream);
    expect(await destinations(name)).toHaveLength(1);
    await put(name, "a", 3);
    const images = (await arrived(stream, 2)).map(({ change }) => change.dynamodb.NewImage?.["n"]);
    expect(images).toEqual([{ N: "1" }, { N: "3" }]);
  });
});

describe("a restart", () => {
  const dataDirectory = useDataDirectory();

  it("brings what was written while the stream was gone, when it is there again", async () => {
    const options = { port: 0, logLevel: "error" as const, dataDirectory: dataDirectory() };
    let name = "";
    let streamArn = "";
    {
      await using emulator = await startEmulator(options);
      const dynamodb = new DynamoDBClient(emulator.clientConfig());
      const streams = new KinesisClient(emulator.clientConfig());
      name = await createTable(dynamodb);
      streamArn = await createStream(1, streams);
      await enable(name, streamArn, "MICROSECOND", dynamodb);
      await streams.send(new DeleteStreamCommand({ StreamARN: streamArn }));
      await eventually("the stream is gone", async () =>
        (
          await refusal(streams.send(new DescribeStreamSummaryCommand({ StreamARN: streamArn }))).catch(() => "")
        ).startsWith("ResourceNotFoundException")
          ? true
          : undefined,
      );
      await put(name, "a", 1, dynamodb);
      await put(name, "a", 2, dynamodb);
      dynamodb.destroy();
      streams.destroy();
    }
    await using emulator = await startEmulator(options);
    const dynamodb = new DynamoDBClient(emulator.clientConfig());
    const streams = new KinesisClient(emulator.clientConfig());
    expect(await destinations(name, dynamodb)).toMatchObject([{ StreamArn: streamArn, DestinationStatus: "ACTIVE" }]);
    await streams.send(new CreateStreamCommand({ StreamName: streamArn.split("/")[1], ShardCount: 1 }));
    await eventually("the stream is active", async () => {
      const { StreamDescriptionSummary } = await streams.send(
        new DescribeStreamSummaryCommand({ StreamARN: streamArn }),
      );
      return StreamDescriptionSummary?.StreamStatus === "ACTIVE" ? true : undefined;
    });
    await put(name, "a", 3, dynamodb);
    const images = (await arrived(streamArn, 3, streams)).map(({ change }) => change.dynamodb.NewImage?.["n"]);
    expect(images).toEqual([{ N: "1" }, { N: "2" }, { N: "3" }]);
    dynamodb.destroy();
    streams.destroy();
  });
});
