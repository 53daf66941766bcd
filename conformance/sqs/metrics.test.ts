import { describe, expect, it } from "@jest/globals";
import { CloudWatchClient, GetMetricStatisticsCommand, type Statistic } from "@aws-sdk/client-cloudwatch";
import { DeleteMessageCommand } from "@aws-sdk/client-sqs";
import { useClient } from "../target.ts";
import { SqsFixture } from "./fixture.ts";

const HOUR_MS = 3_600_000;

const aws = new SqsFixture({ manualClock: true });
const cloudwatch = useClient(new CloudWatchClient(aws.target.clientConfig()));

async function measured(
  QueueName: string,
  MetricName: string,
  statistic: Statistic = "Sum",
): Promise<number | undefined> {
  const now = aws.target.clock.now();
  const { Datapoints } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: "AWS/SQS",
      MetricName,
      Dimensions: [{ Name: "QueueName", Value: QueueName }],
      StartTime: new Date(now - HOUR_MS),
      EndTime: new Date(now + HOUR_MS),
      Period: 4 * 3600,
      Statistics: [statistic],
    }),
  );
  return Datapoints?.[0]?.[statistic];
}

describe("AWS/SQS", () => {
  it("counts what is sent, received and deleted, and once a minute what a queue holds", async () => {
    const url = await aws.queue("measured");
    for (const body of ["1", "12", "123"]) await aws.send(url, body);
    await aws.send(url, "later", { DelaySeconds: 900 });
    const [message] = await aws.receive(url, { MaxNumberOfMessages: 1 });
    await aws.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle }));
    await aws.receive(url, { MaxNumberOfMessages: 1, VisibilityTimeout: 600 });
    await aws.receive(await aws.queue("empty"));
    await aws.target.clock.advance(120_000);
    const of = async (name: string, statistic?: Statistic) => measured("measured", name, statistic);
    expect(await of("NumberOfMessagesSent")).toBe(4);
    expect(await of("SentMessageSize", "Maximum")).toBe(5);
    expect(await of("NumberOfMessagesReceived")).toBe(2);
    expect(await of("NumberOfMessagesDeleted")).toBe(1);
    expect(await of("ApproximateNumberOfMessagesVisible", "Maximum")).toBe(1);
    expect(await of("ApproximateNumberOfMessagesNotVisible", "Maximum")).toBe(1);
    expect(await of("ApproximateNumberOfMessagesDelayed", "Maximum")).toBe(1);
    expect(await of("ApproximateAgeOfOldestMessage", "Maximum")).toBeGreaterThanOrEqual(60);
    expect(await measured("empty", "NumberOfEmptyReceives")).toBe(1);
  });
});
