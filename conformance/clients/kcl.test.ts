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

describeUnless(installKcl(), "the Kinesis Client Library").each(["POLLING", "FANOUT"] as const)(
  "the Kinesis Client Library, %s",
  (retrieval) => {
    const target = useTarget();
    const kinesis = useClient(new KinesisClient(target.clientConfig()));
    const dynamodb = useClient(new DynamoDBClient(target.clientConfig()));
    const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));
    const stream = "readings";
    const name = `kcl-${retrieval.toLowerCase()}`;
    let application: KclApplication;

    beforeAll(async () => {
      application = new KclApplication({ endpoint: target.endpoint, name, stream, retrieval });
      await kinesis.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 2 }));
      await active();
    });
    afterAll(() => application[Symbol.asyncDispose]());

    it(
      "gives each record to a processor, in the order of its key, over a split and a merge",
      async () => {
        const before = await put("before", 40);
        application.start();
        await processed(before);
        const between = await put("between", 40);
        await split(shardId(0));
        const splitUp = await put("split", 40);
        await merge(shardId(3), shardId(1));
        const merged = await put("merged", 40);
        await processed([...before, ...between, ...splitUp, ...merged]);

        for (const key of KEYS) {
          const texts = application.entries().flatMap((entry) => (entry.partitionKey === key ? [entry.data] : []));
          expect(texts).toEqual(
            [...before, ...between, ...splitUp, ...merged].filter((text) => text.endsWith(` ${key}`)),
          );
        }
      },
      2 * PATIENCE_MS,
    );

    it("begins with a shard when those that it came from have ended", () => {
      const entries = application.entries();
      const place = (what: Entry["what"], shard: string) =>
        entries.findIndex((entry) => entry.what === what && entry.shard === shard);
      for (const [parent, child] of DESCENT) {
        expect([parent, place("ended", parent)]).not.toEqual([parent, -1]);
        expect(place("initialized", child)).toBeGreaterThan(place("ended", parent));
      }
      expect(entries.filter(({ what }) => what === "lease lost" || what === "refused checkpoint")).toEqual([]);
    });

    it("keeps in its leases which shards are done, what they came from, and how far the others are", async () => {
      const leases = await application.eventually("the checkpoints of the last records", leasesDone, PATIENCE_MS);
      expect(Object.keys(leases).toSorted()).toEqual(
        ["0", "1", "2", "3", "4"].map((number) => shardId(Number(number))),
      );
      for (const [parent, child] of DESCENT) {
        expect(leases[parent]?.checkpoint).toBe("SHARD_END");
        expect(leases[child]?.parents).toContain(parent);
      }
    });

    it(
      "takes the records apart that the Producer Library has put together",
      async () => {
        // all of the first shard that is open: what belongs to other shards the library leaves out
        const explicitHashKey = "0";
        const users = ["a", "b", "c"].map((text) => ({ partitionKey: `user-${text}`, explicitHashKey, data: text }));
        const Data = aggregate(users);
        const record = { PartitionKey: "aggregated", ExplicitHashKey: explicitHashKey, Data };
        const { SequenceNumber } = await kinesis.send(new PutRecordCommand({ StreamName: stream, ...record }));
        const taken = await application.eventually(
          "the user records",
          () => {
            const found = application.entries().filter((entry) => entry.sequenceNumber === SequenceNumber);
            return found.length > 0 ? found : undefined;
          },
          PATIENCE_MS,
        );
        expect(
          taken.map(({ partitionKey, subSequenceNumber, data }) => [partitionKey, subSequenceNumber, data]),
        ).toEqual([
          ["user-a", 0, "a"],
          ["user-b", 1, "b"],
          ["user-c", 2, "c"],
        ]);
      },
      PATIENCE_MS,
    );

    it(
      "publishes how many records it has processed",
      async () => {
        const count = application.texts().length;
        await application.eventually(
          `RecordsProcessed of ${count} in CloudWatch`,
          async () => ((await recordsProcessed()) === count ? true : undefined),
          PATIENCE_MS,
        );
      },
      PATIENCE_MS,
    );

    it(
      "goes on where its checkpoints are when it is started again",
      async () => {
        await application.stop();
        const later = await put("later", 20);
        application.start();
        await processed(later);
        const texts = application.texts();
        expect(texts).toHaveLength(new Set(texts).size);
      },
      2 * PATIENCE_MS,
    );

    /** Puts so many records over all keys. @returns their texts */
    async function put(phase: string, count: number): Promise<string[]> {
      const texts = Array.from({ length: count }, (_, index) => `${phase} ${index} ${KEYS[index % KEYS.length]}`);
      const Records = texts.map((text) => ({ PartitionKey: text.split(" ").at(-1), Data: Buffer.from(text) }));
      const { FailedRecordCount } = await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records }));
      expect(FailedRecordCount).toBe(0);
      return texts;
    }

    function processed(texts: readonly string[]): Promise<true> {
      return application.eventually(
        `${texts.length} records at their processors`,
        () => {
          const found = new Set(application.texts());
          return texts.every((text) => found.has(text)) ? true : undefined;
        },
        PATIENCE_MS,
      );
    }

    const active = () =>
      eventually("an active stream", async () => {
        const { StreamDescriptionSummary } = await kinesis.send(
          new DescribeStreamSummaryCommand({ StreamName: stream }),
        );
        return StreamDescriptionSummary?.StreamStatus === "ACTIVE" ? true : undefined;
      });

    async function split(ShardToSplit: string): Promise<void> {
      const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName: stream }));
      const range = Shards.find(({ ShardId }) => ShardId === ShardToSplit)?.HashKeyRange;
      const middle = (BigInt(range!.StartingHashKey!) + BigInt(range!.EndingHashKey!)) / 2n;
      const NewStartingHashKey = String(middle);
      await kinesis.send(new SplitShardCommand({ StreamName: stream, ShardToSplit, NewStartingHashKey }));
      await active();
    }

    async function merge(ShardToMerge: string, AdjacentShardToMerge: string): Promise<void> {
      await kinesis.send(new MergeShardsCommand({ StreamName: stream, ShardToMerge, AdjacentShardToMerge }));
      await active();
    }

    /** The leases by shard, once the processors have checkpointed what they were given. */
    async function leasesDone(): Promise<Readonly<Record<string, Lease>> | undefined> {
      const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: name, ConsistentRead: true }));
      const leases = Object.fromEntries(
        Items.flatMap((item): [string, Lease][] =>
          item["leaseKey"]?.S?.startsWith("shardId-")
            ? [[item["leaseKey"].S, { checkpoint: item["checkpoint"]?.S, parents: item["parentShardId"]?.SS ?? [] }]]
            : [],
        ),
      );
      const last = new Map(application.entries().map(({ shard, sequenceNumber }) => [shard, sequenceNumber]));
      const done = [...last].every(
        ([shard, sequenceNumber = "SHARD_END"]) => leases[shard]?.checkpoint === sequenceNumber,
      );
      return done ? leases : undefined;
    }

    async function recordsProcessed(): Promise<number> {
      const metric = { Namespace: name, MetricName: "RecordsProcessed" };
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
  },
);
