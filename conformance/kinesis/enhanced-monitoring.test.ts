import { CloudWatchClient, GetMetricStatisticsCommand, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import {
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  DisableEnhancedMonitoringCommand,
  EnableEnhancedMonitoringCommand,
  PutRecordsCommand,
  type MetricsName,
} from "@aws-sdk/client-kinesis";
import { useClient } from "../target.ts";
import { arnOf, iterator, put, raw, read, useKinesis } from "./support.ts";

const on = useKinesis("on");
const { kinesis } = on;
const cloudwatch = useClient(new CloudWatchClient(on.target.clientConfig()));

const MINUTE_MS = 60_000;
const ALL = [
  "IncomingBytes",
  "IncomingRecords",
  "OutgoingBytes",
  "OutgoingRecords",
  "WriteProvisionedThroughputExceeded",
  "ReadProvisionedThroughputExceeded",
  "IteratorAgeMilliseconds",
];

const enable = (StreamName: string, ...ShardLevelMetrics: MetricsName[]) =>
  kinesis.send(new EnableEnhancedMonitoringCommand({ StreamName, ShardLevelMetrics }));
const disable = (StreamName: string, ...ShardLevelMetrics: MetricsName[]) =>
  kinesis.send(new DisableEnhancedMonitoringCommand({ StreamName, ShardLevelMetrics }));

/** Sums of the metrics of one shard. */
async function sums(StreamName: string, ShardId: string, names: readonly string[]) {
  const values = names.map(async (MetricName) => {
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        ...{ Namespace: "AWS/Kinesis", MetricName, Period: 60, Statistics: ["Sum"] },
        Dimensions: [
          { Name: "StreamName", Value: StreamName },
          { Name: "ShardId", Value: ShardId },
        ],
        StartTime: new Date(on.target.clock.now() - 5 * MINUTE_MS),
        EndTime: new Date(on.target.clock.now() + MINUTE_MS),
      }),
    );
    return [MetricName, Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0)] as const;
  });
  return Object.fromEntries(await Promise.all(values));
}

describe("EnableEnhancedMonitoring and DisableEnhancedMonitoring", () => {
  it("tell what was on and what is on, and descriptions do so too", async () => {
    const name = await on.stream();
    const described = async () => {
      const { StreamDescription } = await kinesis.send(new DescribeStreamCommand({ StreamName: name }));
      const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: name }));
      expect(StreamDescription?.EnhancedMonitoring).toEqual(StreamDescriptionSummary?.EnhancedMonitoring);
      return StreamDescription?.EnhancedMonitoring;
    };
    expect(await described()).toEqual([{ ShardLevelMetrics: [] }]);
    expect(await enable(name, "IncomingRecords")).toMatchObject({
      ...{ StreamName: name, StreamARN: arnOf(name) },
      ...{ CurrentShardLevelMetrics: [], DesiredShardLevelMetrics: ["IncomingRecords"] },
    });
    expect(await enable(name, "ALL")).toMatchObject({
      ...{ CurrentShardLevelMetrics: ["IncomingRecords"], DesiredShardLevelMetrics: ALL },
    });
    expect(await disable(name, "IncomingBytes", "OutgoingBytes")).toMatchObject({
      ...{ CurrentShardLevelMetrics: ALL, DesiredShardLevelMetrics: ALL.filter((one) => !one.endsWith("Bytes")) },
    });
    expect(await described()).toEqual([{ ShardLevelMetrics: ALL.filter((one) => !one.endsWith("Bytes")) }]);
    expect(await disable(name, "ALL")).toMatchObject({ DesiredShardLevelMetrics: [] });
    expect(await described()).toEqual([{ ShardLevelMetrics: [] }]);
  });

  it("refuse a metric that there is not", async () => {
    const input = { StreamName: await on.stream(), ShardLevelMetrics: ["Incoming"] };
    expect(await raw(on.target, "EnableEnhancedMonitoring", input)).toMatchObject({ type: "ValidationException" });
  });

  it("publish what each shard takes and gives, and only what is on", async () => {
    const name = await on.stream(2);
    await enable(name, "ALL");
    await disable(name, "IncomingBytes");
    const to = (ExplicitHashKey: string, count: number) =>
      Array.from({ length: count }, () => ({ PartitionKey: "k", ExplicitHashKey, Data: Buffer.from("xyz") }));
    const [low, high] = ["0", ((1n << 128n) - 1n).toString()] as const;
    await kinesis.send(new PutRecordsCommand({ StreamName: name, Records: [...to(low, 3), ...to(high, 2)] }));
    for (let call = 0; call < 3; call++) {
      await kinesis.send(new PutRecordsCommand({ StreamName: name, Records: to(low, 500) }));
    }
    const from = await iterator(kinesis, name, "TRIM_HORIZON", "shardId-000000000001");
    for (let call = 0; call < 5; call++) await read(kinesis, from);
    await expect(read(kinesis, from)).rejects.toMatchObject({ name: "ProvisionedThroughputExceededException" });
    expect(await sums(name, "shardId-000000000000", ALL)).toEqual({
      ...{ IncomingBytes: 0, IncomingRecords: 1000, OutgoingBytes: 0, OutgoingRecords: 0 },
      ...{ WriteProvisionedThroughputExceeded: 503, ReadProvisionedThroughputExceeded: 0, IteratorAgeMilliseconds: 0 },
    });
    expect(await sums(name, "shardId-000000000001", ALL)).toEqual({
      ...{ IncomingBytes: 0, IncomingRecords: 2, OutgoingBytes: 40, OutgoingRecords: 10 },
      ...{ WriteProvisionedThroughputExceeded: 0, ReadProvisionedThroughputExceeded: 1, IteratorAgeMilliseconds: 0 },
    });
  });

  it("publish nothing of shards unless they are asked to", async () => {
    const name = await on.stream();
    await put(kinesis, name, ["x"]);
    const { Metrics = [] } = await cloudwatch.send(
      new ListMetricsCommand({ Namespace: "AWS/Kinesis", Dimensions: [{ Name: "StreamName", Value: name }] }),
    );
    expect(Metrics.length).toBeGreaterThan(0);
    expect(Metrics.flatMap(({ Dimensions = [] }) => Dimensions.filter(({ Name }) => Name === "ShardId"))).toEqual([]);
  });
});
