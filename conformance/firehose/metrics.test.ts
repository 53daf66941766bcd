import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { PutRecordCommand, UpdateDestinationCommand } from "@aws-sdk/client-firehose";
import { CreateStreamCommand, PutRecordCommand as PutKinesisRecordCommand } from "@aws-sdk/client-kinesis";
import { eventually, useClient } from "../target.ts";
import { FirehoseFixture, ROLE, transformedBy } from "./fixture.ts";

const HOUR_MS = 3_600_000;
const RUNS_OUT = `exports.handler = async ({ records }) => ({
  records: records.map(({ recordId, data }) => {
    const text = Buffer.from(data, "base64").toString();
    if (text === "no") return { recordId, data, result: "ProcessingFailed" };
    return { recordId, data, result: text === "drop" ? "Dropped" : "Ok" };
  }),
});`;

const aws = new FirehoseFixture();
const cloudwatch = useClient(new CloudWatchClient(aws.target.clientConfig()));

/** Statistics of everything that was measured lately; undefined: nothing was. A name may carry its statistic: `name/Maximum`. */
async function measured(
  DeliveryStreamName: string | undefined,
  ...names: string[]
): Promise<Record<string, number | undefined>> {
  const now = aws.target.clock.now();
  const { MetricDataResults = [] } = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - HOUR_MS),
      EndTime: new Date(now + HOUR_MS),
      MetricDataQueries: names.map((name, index) => {
        const [MetricName, Stat = "Sum"] = name.split("/");
        const Dimensions =
          DeliveryStreamName === undefined ? [] : [{ Name: "DeliveryStreamName", Value: DeliveryStreamName }];
        return {
          Id: `m${index}`,
          MetricStat: { Metric: { Namespace: "AWS/Firehose", MetricName, Dimensions }, Period: 3 * 3600, Stat },
        };
      }),
    }),
  );
  return Object.fromEntries(names.map((name, index) => [name, MetricDataResults[index]?.Values?.[0]]));
}

describe("AWS/Firehose", () => {
  it("counts and times what comes in, and tells of what is delivered", async () => {
    await aws.stream("incoming", { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 } });
    await aws.firehose.send(
      new PutRecordCommand({ DeliveryStreamName: "incoming", Record: { Data: Buffer.from("1234") } }),
    );
    await aws.put("incoming", "a", "bb");
    const names = ["IncomingBytes", "IncomingRecords", "IncomingPutRequests", "PutRecord.Bytes", "PutRecord.Requests"];
    expect(await measured("incoming", ...names, "PutRecordBatch.Bytes", "PutRecordBatch.Records")).toEqual({
      IncomingBytes: 7,
      IncomingRecords: 3,
      IncomingPutRequests: 2,
      "PutRecord.Bytes": 4,
      "PutRecord.Requests": 1,
      "PutRecordBatch.Bytes": 3,
      "PutRecordBatch.Records": 2,
    });
    const latencies = await measured("incoming", "PutRecord.Latency/SampleCount", "PutRecordBatch.Latency/Minimum");
    expect(latencies["PutRecord.Latency/SampleCount"]).toBe(1);
    expect(latencies["PutRecordBatch.Latency/Minimum"]).toBeGreaterThanOrEqual(0);
    await aws.target.clock.advance(60_000);
    const delivered = await eventually("the object is counted", async () => {
      const found = await measured(
        "incoming",
        "DeliveryToS3.Success",
        "DeliveryToS3.Records",
        "DeliveryToS3.Bytes",
        "DeliveryToS3.DataFreshness/Maximum",
      );
      return found["DeliveryToS3.Success"] === undefined ? undefined : found;
    });
    expect(delivered).toEqual({
      "DeliveryToS3.Success": 1,
      "DeliveryToS3.Records": 3,
      "DeliveryToS3.Bytes": 7,
      "DeliveryToS3.DataFreshness/Maximum": 60,
    });
  });

  it("counts the calls that describe, list and update", async () => {
    await aws.stream("described");
    await aws.describe("described");
    await aws.firehose.send(
      new UpdateDestinationCommand({
        DeliveryStreamName: "described",
        CurrentDeliveryStreamVersionId: "1",
        DestinationId: "destinationId-000000000001",
        ExtendedS3DestinationUpdate: { RoleARN: ROLE, Prefix: "p/" },
      }),
    );
    await expect(aws.describe("missing")).rejects.toThrow("not found");
    expect(await measured("described", "DescribeDeliveryStream.Requests", "UpdateDeliveryStream.Requests")).toEqual({
      "DescribeDeliveryStream.Requests": 1,
      "UpdateDeliveryStream.Requests": 1,
    });
  });

  it("tells how the function and its records fared", async () => {
    await aws.function("fares", RUNS_OUT);
    await aws.stream("fares", {
      ProcessingConfiguration: { Enabled: true, Processors: [transformedBy("fares")] },
    });
    await aws.put("fares", "yes", "drop", "no");
    await aws.target.clock.advance(0);
    const found = await eventually("the function has run", async () => {
      const each = await measured(
        "fares",
        "ExecuteProcessing.Success",
        "ExecuteProcessing.Duration/SampleCount",
        "SucceedProcessing.Records",
        "SucceedProcessing.Bytes",
      );
      return each["SucceedProcessing.Records"] === undefined ? undefined : each;
    });
    expect(found).toEqual({
      "ExecuteProcessing.Success": 1,
      "ExecuteProcessing.Duration/SampleCount": 1,
      "SucceedProcessing.Records": 1,
      "SucceedProcessing.Bytes": 3,
    });
  });

  it("tells what was read of a Kinesis stream", async () => {
    await aws.kinesis.send(new CreateStreamCommand({ StreamName: "read", ShardCount: 1 }));
    await aws.target.clock.advance(1_000);
    const KinesisStreamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/read";
    await aws.stream(
      "read",
      {},
      {
        DeliveryStreamType: "KinesisStreamAsSource",
        KinesisStreamSourceConfiguration: { KinesisStreamARN, RoleARN: ROLE },
      },
    );
    await aws.kinesis.send(
      new PutKinesisRecordCommand({ StreamName: "read", PartitionKey: "k", Data: Buffer.from("12345") }),
    );
    const found = await eventually("the record is read", async () => {
      await aws.target.clock.advance(1_000);
      const each = await measured(
        "read",
        "DataReadFromKinesisStream.Records",
        "DataReadFromKinesisStream.Bytes",
        "KinesisMillisBehindLatest/SampleCount",
      );
      return each["DataReadFromKinesisStream.Records"] === undefined ? undefined : each;
    });
    expect(found).toEqual({
      "DataReadFromKinesisStream.Records": 1,
      "DataReadFromKinesisStream.Bytes": 5,
      "KinesisMillisBehindLatest/SampleCount": 1,
    });
  });
});
