import { DynamoDBClient, PutItemCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient, ListStreamsCommand } from "@aws-sdk/client-dynamodb-streams";
import { type ClientConfig, ManualClock } from "../../emulator/index.ts";
import { inSession, useDataDirectory } from "../data-directory.ts";
import { createTable } from "../dynamodb/support.ts";
import { allRecords, HOUR_MS, isOpen, iterator, latestStream, numberOf, read, shardsOf } from "./support.ts";

/** These tests restart the emulator on its data directory: they say nothing of other targets. See conformance/durability for kills. */
const TABLE = "restarted";
const NOW = Date.UTC(2026, 5, 1);

const directory = useDataDirectory();

class Clients {
  readonly tables: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;

  constructor(config: ClientConfig) {
    this.tables = new DynamoDBClient({ ...config, maxAttempts: 1 });
    this.streams = new DynamoDBStreamsClient({ ...config, maxAttempts: 1 });
  }

  destroy(): void {
    this.tables.destroy();
    this.streams.destroy();
  }
}

/** Runs `work` against an emulator on the directory whose clock begins at `now`, and stops it. */
function session<T>(now: number, work: (clients: Clients, clock: ManualClock) => Promise<T>): Promise<T> {
  const clock = new ManualClock(now);
  const options = { dataDirectory: directory(), clock };
  return inSession(
    options,
    (config) => new Clients(config),
    (clients) => work(clients, clock),
  );
}

const put = (client: DynamoDBClient, pk: string) =>
  client.send(new PutItemCommand({ TableName: TABLE, Item: { pk: { S: pk } } }));

async function makeTable({ tables }: Clients, clock: ManualClock): Promise<string> {
  await createTable(tables, {
    TableName: TABLE,
    ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
  });
  await clock.advance(1);
  return latestStream(tables, TABLE);
}

describe("a restart", () => {
  it("keeps streams, records and iterators, and goes on with rising sequence numbers, also when the clock stepped back", async () => {
    const before = await session(NOW, async (clients, clock) => {
      const arn = await makeTable(clients, clock);
      await put(clients.tables, "a");
      const [shard] = await shardsOf(clients.streams, arn);
      const waiting = await iterator(clients.streams, arn, shard?.ShardId, "LATEST");
      return {
        arn,
        waiting,
        shards: await shardsOf(clients.streams, arn),
        records: await allRecords(clients.streams, arn),
      };
    });
    await session(NOW - HOUR_MS, async ({ tables, streams }) => {
      expect(await shardsOf(streams, before.arn)).toEqual(before.shards);
      expect(await allRecords(streams, before.arn)).toEqual(before.records);
      await put(tables, "b");
      const { Records = [] } = await read(streams, before.waiting);
      expect(Records.map(({ dynamodb }) => dynamodb?.Keys)).toEqual([{ pk: { S: "b" } }]);
      const [first, second] = await allRecords(streams, before.arn);
      expect(numberOf(second)).toBeGreaterThan(numberOf(first));
      const times = [first, second].map((record) => record?.dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    });
  });

  it("closes shards, and forgets streams, whose time came while nothing ran", async () => {
    const arn = await session(NOW, async (clients, clock) => {
      const made = await makeTable(clients, clock);
      await put(clients.tables, "a");
      return made;
    });
    await session(NOW + 5 * HOUR_MS, async ({ tables, streams }, clock) => {
      await latestStream(tables, TABLE); // the first call opens what the account has
      await clock.advance(1);
      expect((await shardsOf(streams, arn)).map(isOpen)).toEqual([false, true]);
      await put(tables, "b");
      expect(await allRecords(streams, arn)).toHaveLength(2);
      await tables.send(new UpdateTableCommand({ TableName: TABLE, StreamSpecification: { StreamEnabled: false } }));
    });
    await session(NOW + 30 * HOUR_MS, async ({ streams }) => {
      expect((await streams.send(new ListStreamsCommand({}))).Streams).toEqual([]);
    });
  });
});
