import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { CreateDeliveryStreamCommand, FirehoseClient } from "@aws-sdk/client-firehose";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import {
  GetTopicAttributesCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { outcome, policyOf, RoleFixture, roleArn, sessionArn } from "../iam/fixture.ts";
import { makeRole } from "../role.ts";
import { eventually, useClient } from "../target.ts";
import { envelopeOf, makeQueue, makeTopic, receive, subscribeQueue } from "./fixture.ts";

const roles = new RoleFixture({ manualClock: true });
const { target } = roles;
const sns = useClient(new SNSClient(target.clientConfig()));
const sqs = useClient(new SQSClient(target.clientConfig()));
const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));

describe("who may publish", () => {
  /** What becomes of a publish by a session of a role. */
  async function publishAs(role: string, TopicArn: string): Promise<string> {
    const client = new SNSClient(await roles.session(role));
    const result = await outcome(client.send(new PublishCommand({ TopicArn, Message: "m" })));
    client.destroy();
    return result;
  }

  it("is said by the role's policies, or by the topic's", async () => {
    const topic = await makeTopic(sns, "guarded");
    const mayPublish = { Effect: "Allow", Action: "sns:Publish", Resource: topic } as const;
    await roles.role("publisher", [mayPublish]);
    await roles.role("stranger", []);
    expect(await publishAs("publisher", topic)).toBe("allowed");
    expect(await publishAs("stranger", topic)).toContain(
      `User: ${sessionArn("stranger")} is not authorized to perform: SNS:Publish on resource: ${topic}`,
    );
    const Policy = policyOf({ ...mayPublish, Principal: { AWS: roleArn("stranger") } });
    await sns.send(new SetTopicAttributesCommand({ TopicArn: topic, AttributeName: "Policy", AttributeValue: Policy }));
    expect(await publishAs("stranger", topic)).toBe("allowed");
  });

  it("is an alarm of the account, by the policy that a topic has of its own", async () => {
    const topic = await makeTopic(sns, "alarmed");
    const queue = await makeQueue(sqs, "alarmed");
    await subscribeQueue(sns, topic, queue);
    expect((await sns.send(new GetTopicAttributesCommand({ TopicArn: topic }))).Attributes?.Policy).toContain(
      "AWS:SourceOwner",
    );
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: "loud",
        Namespace: "N",
        MetricName: "m",
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: "GreaterThanThreshold",
        AlarmActions: [topic],
      }),
    );
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: "loud", StateValue: "ALARM", StateReason: "test" }));
    expect(envelopeOf((await receive(sqs, queue))[0]).Message).toContain("loud");
  });
});

describe("a Firehose stream", () => {
  it("gets each message as a line, by the subscription's role", async () => {
    const config = target.clientConfig();
    const firehose = new FirehoseClient(config);
    const s3 = new S3Client({ ...config, forcePathStyle: true });
    const deliveryRole = await makeRole(config, "delivery", { service: "firehose.amazonaws.com" });
    const SubscriptionRoleArn = await makeRole(config, "to-firehose", { service: "sns.amazonaws.com" });
    await s3.send(new CreateBucketCommand({ Bucket: "stream-of-topic" }));
    const { DeliveryStreamARN } = await firehose.send(
      new CreateDeliveryStreamCommand({
        DeliveryStreamName: "of-topic",
        ExtendedS3DestinationConfiguration: {
          RoleARN: deliveryRole,
          BucketARN: "arn:aws:s3:::stream-of-topic",
          BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 1 },
        },
      }),
    );
    await target.clock.advance(0);
    const topic = await makeTopic(sns, "streamed");
    const subscribe = (Attributes: Record<string, string>) =>
      sns.send(
        new SubscribeCommand({ TopicArn: topic, Protocol: "firehose", Endpoint: DeliveryStreamARN, Attributes }),
      );
    await expect(subscribe({})).rejects.toMatchObject({ message: expect.stringContaining("SubscriptionRoleArn") });
    await subscribe({ SubscriptionRoleArn, RawMessageDelivery: "true" });
    for (const text of ["one", "two"]) await sns.send(new PublishCommand({ TopicArn: topic, Message: text }));
    const key = await eventually("the object", async () => {
      await target.clock.advance(10_000);
      return (await s3.send(new ListObjectsV2Command({ Bucket: "stream-of-topic" }))).Contents?.[0]?.Key;
    });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "stream-of-topic", Key: key }));
    const lines = (await Body?.transformToString())?.trim().split("\n") ?? [];
    expect(new Set(lines)).toEqual(new Set(["one", "two"]));
    firehose.destroy();
    s3.destroy();
  });
});

describe("the metrics of a topic", () => {
  it("count what was published, delivered and kept out", async () => {
    const topic = await makeTopic(sns, "measured");
    const queue = await makeQueue(sqs, "measured");
    await subscribeQueue(sns, topic, queue, { FilterPolicy: '{"kind":["a"]}' });
    const publish = (kind: string) =>
      sns.send(
        new PublishCommand({
          TopicArn: topic,
          Message: "m",
          MessageAttributes: { kind: { DataType: "String", StringValue: kind } },
        }),
      );
    for (const kind of ["a", "b", "b"]) await publish(kind);
    await receive(sqs, queue);
    const sum = async (MetricName: string) => {
      const { Datapoints = [] } = await cloudwatch.send(
        new GetMetricStatisticsCommand({
          Namespace: "AWS/SNS",
          MetricName,
          Dimensions: [{ Name: "TopicName", Value: "measured" }],
          StartTime: new Date(target.clock.now() - 3_600_000),
          EndTime: new Date(target.clock.now() + 60_000),
          Period: 7200,
          Statistics: ["Sum"],
        }),
      );
      return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
    };
    const counted = await eventually("the metrics", async () => {
      await target.clock.advance(1000);
      const all = {
        published: await sum("NumberOfMessagesPublished"),
        delivered: await sum("NumberOfNotificationsDelivered"),
        keptOut: await sum("NumberOfNotificationsFilteredOut"),
      };
      return all.delivered > 0 ? all : undefined;
    });
    expect(counted).toEqual({ published: 3, delivered: 1, keptOut: 2 });
  });
});
