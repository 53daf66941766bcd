import { CloudWatchClient, GetMetricStatisticsCommand, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  SplitShardCommand,
} from "@aws-sdk/client-kinesis";
import { aggregate } from "../kinesis/aggregate.ts";
import { eventually, useClient, useTarget } from "../target.ts";
import { type Entry, installKcl, KclApplication } from "./kcl/daemon.ts";
import { describeUnless } from "./tools.ts";

/** The daemon elects a leader, assigns leases and polls by its clock: a test waits for what it does, this long. */
const PATIENCE_MS = 120_000;
const KEYS = Array.from({ length: 10 }, (_, index) => `key-${index}`);

const shardId = (number: number): string => `shardId-${String(number).padStart(12, "0")}`;
/** The first shard is split into 2 and 3, then 3 and 1 are merged: parents, and their children. */
const DESCENT = [
  [0, 2],
  [0, 3],
  [3, 4],
  [1, 4],
].map(([parent, child]) => [shardId(parent!), shardId(child!)] as const);

interface Lease {
  readonly checkpoint: string | undefined;
  readonly parents: readonly string[];
}

const RETRIEVALS = ["POLLING", "FANOUT"] as const;
type Retrieval = (typeof RETRIEVALS)[number];

/** One stream, read by two applications beside each other. */
describeUnless(installKcl(), "the Kinesis Client Library")("the Kinesis Client Library", () => {
  const applications = new Map<Retrieval, KclApplication>();
  // before the target closes
  afterAll(() => Promise.all(all().map((application) => application[Symbol.asyncDispose]())));
  const target = useTarget();
  const kinesis = useClient(new KinesisClient(target.clientConfig()));
  const dynamodb = useClient(new DynamoDBClient(target.clientConfig()));
  const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));
  const stream = "readings";
  const nameOf = (retrieval: Retrieval) => `kcl-${retrieval.toLowerCase()}`;
  const all = () => [...applications.values()];
  const of = (retrieval: Retrieval) => applications.get(retrieval)!;
  /** What has been put, in its order. */
  const texts: string[] = [];

  beforeAll(async () => {
    const { endpoint } = target;
    for (const retrieval of RETRIEVALS) {
      applications.set(retrieval, new KclApplication({ endpoint, name: nameOf(retrieval), stream, retrieval }));
    }
    await kinesis.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 2 }));
    await active();
  });

  it(
    "gives each record to a processor while the stream is split and merged",
    async () => {
      await put("before", 40);
      for (const application of all()) application.start();
      await processed();
      await put("between", 40);
      await split(shardId(0));
      await put("split", 40);
      await merge(shardId(3), shardId(1));
      await put("merged", 40);
      await processed();
    },
    2 * PATIENCE_MS,
  );

  it.each(RETRIEVALS)("%s: keeps the order of each key", (retrieval) => {
    for (const key of KEYS) {
      const ofKey = (text: string) => text.endsWith(` ${key}`);
      expect(of(retrieval).given().filter(ofKey)).toEqual(texts.filter(ofKey));
    }
  });

  it.each(RETRIEVALS)("%s: begins with a shard when those that it came from have ended", (retrieval) => {
    const entries = of(retrieval).entries();
    const place = (what: Entry["what"], shard: string) =>
      entries.findIndex((entry) => entry.what === what && entry.shard === shard);
    for (const [parent, child] of DESCENT) {
      expect([parent, place("ended", parent)]).not.toEqual([parent, -1]);
      expect(place("initialized", child)).toBeGreaterThan(place("ended", parent));
    }
  });

  it.each(RETRIEVALS)(
    "%s: keeps in its leases which shards are done, what they came from, and how far the others are",
    async (retrieval) => {
      const leases = await of(retrieval).eventually(
        "the checkpoints of the last records",
        () => leasesOf(retrieval),
        PATIENCE_MS,
      );
      expect(Object.keys(leases).toSorted()).toEqual([0, 1, 2, 3, 4].map(shardId));
      for (const [parent, child] of DESCENT) {
        expect(leases[parent]?.checkpoint).toBe("SHARD_END");
        expect(leases[child]?.parents).toContain(parent);
      }
    },
    PATIENCE_MS,
  );

  it(
    "takes the records apart that the Producer Library has put together",
    async () => {
      // all of one shard: what belongs to others the library leaves out
      const explicitHashKey = "0";
      const users = ["a", "b", "c"].map((text) => ({ partitionKey: `user-${text}`, explicitHashKey, data: text }));
      const record = { PartitionKey: "aggregated", ExplicitHashKey: explicitHashKey, Data: aggregate(users) };
      const { SequenceNumber } = await kinesis.send(new PutRecordCommand({ StreamName: stream, ...record }));
      texts.push(...users.map(({ data }) => data));
      await processed();
      for (const application of all()) {
        const taken = application.entries().filter((entry) => entry.sequenceNumber === SequenceNumber);
        expect(
          taken.map(({ partitionKey, subSequenceNumber, data }) => [partitionKey, subSequenceNumber, data]),
        ).toEqual([
          ["user-a", 0, "a"],
          ["user-b", 1, "b"],
          ["user-c", 2, "c"],
        ]);
      }
    },
    PATIENCE_MS,
  );

  it.each(RETRIEVALS)(
    "%s: publishes that it has processed records",
    async (retrieval) => {
      await of(retrieval).eventually(
        // not just so many: on a loaded machine the library drops what is not taken in time, and sends again what was
        "RecordsProcessed in CloudWatch",
        async () => ((await recordsProcessed(retrieval)) > 0 ? true : undefined),
        PATIENCE_MS,
      );
    },
    PATIENCE_MS,
  );

  it(
    "goes on where its checkpoints are when it is started again",
    async () => {
      await Promise.all(all().map((application) => application.stop()));
      await put("later", 20);
      for (const application of all()) application.start();
      await processed();
      for (const application of all()) expect(application.given().toSorted()).toEqual(texts.toSorted());
    },
    2 * PATIENCE_MS,
  );

  /** Puts so many records over all keys. */
  async function put(phase: string, count: number): Promise<void> {
    const fresh = Array.from({ length: count }, (_, index) => `${phase} ${index} ${KEYS[index % KEYS.length]}`);
    const Records = fresh.map((text) => ({ PartitionKey: text.split(" ").at(-1), Data: Buffer.from(text) }));
    const { FailedRecordCount } = await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records }));
    expect(FailedRecordCount).toBe(0);
    texts.push(...fresh);
  }

  /** All that has been put is at the processors of all applications. */
  async function processed(): Promise<void> {
    for (const application of all()) {
      await application.eventually(
        `${texts.length} records at their processors`,
        () => {
          const found = new Set(application.texts());
          return texts.every((text) => found.has(text)) ? true : undefined;
        },
        PATIENCE_MS,
      );
    }
  }

  function active(): Promise<true> {
    return eventually("an active stream", async () => {
      const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: stream }));
      return StreamDescriptionSummary?.StreamStatus === "ACTIVE" ? true : undefined;
    });
  }

  async function split(ShardToSplit: string): Promise<void> {
    const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName: stream }));
    const range = Shards.find(({ ShardId }) => ShardId === ShardToSplit)?.HashKeyRange;
    const NewStartingHashKey = String((BigInt(range!.StartingHashKey!) + BigInt(range!.EndingHashKey!)) / 2n);
    await kinesis.send(new SplitShardCommand({ StreamName: stream, ShardToSplit, NewStartingHashKey }));
    await active();
  }

  async function merge(ShardToMerge: string, AdjacentShardToMerge: string): Promise<void> {
    await kinesis.send(new MergeShardsCommand({ StreamName: stream, ShardToMerge, AdjacentShardToMerge }));
    await active();
  }

  /** The leases by shard, once the processors have checkpointed what they were given. */
  async function leasesOf(retrieval: Retrieval): Promise<Readonly<Record<string, Lease>> | undefined> {
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: nameOf(retrieval), ConsistentRead: true }));
    const leases = Object.fromEntries(
      Items.flatMap((item): [string, Lease][] => {
        const key = item["leaseKey"]?.S ?? "";
        const lease = { checkpoint: item["checkpoint"]?.S, parents: item["parentShardId"]?.SS ?? [] };
        return key.startsWith("shardId-") ? [[key, lease]] : [];
      }),
    );
    const last = new Map(
      of(retrieval)
        .entries()
        .filter(({ what }) => what === "record" || what === "ended")
        .map(({ shard, sequenceNumber = "SHARD_END" }) => [shard, sequenceNumber]),
    );
    return [...last].every(([shard, checkpoint]) => leases[shard]?.checkpoint === checkpoint) ? leases : undefined;
  }

  async function recordsProcessed(retrieval: Retrieval): Promise<number> {
    const metric = { Namespace: nameOf(retrieval), MetricName: "RecordsProcessed" };
    const { Metrics = [] } = await cloudwatch.send(new ListMetricsCommand(metric));
    let sum = 0;
    for (const { Dimensions } of Metrics) {
      const { Datapoints = [] } = await cloudwatch.send(
        new GetMetricStatisticsCommand({
          ...metric,
          Dimensions,
          StartTime: new Date(Date.now() - 3_600_000),
          EndTime: new Date(Date.now() + 60_000),
          Period: 60,
          Statistics: ["Sum"],
        }),
      );
      for (const { Sum = 0 } of Datapoints) sum += Sum;
    }
    return sum;
  }
});
