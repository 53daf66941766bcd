import { ConfirmSubscriptionCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { CreateQueueCommand, DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { EmulatorProcess } from "../emulator-process.ts";
import { useDataDirectory } from "../data-directory.ts";
import { LambdaFixture } from "../lambda/fixture.ts";
import { useClient, useTarget } from "../target.ts";
import { envelopeOf, makeQueue, makeTopic, receive, subscribeQueue } from "./fixture.ts";
import { HttpEndpoint } from "./http-endpoint.ts";

const target = useTarget({ manualClock: true });
const sns = useClient(new SNSClient(target.clientConfig()));
const sqs = useClient(new SQSClient(target.clientConfig()));

const publish = (TopicArn: string, Message: string, more: object = {}) =>
  sns.send(new PublishCommand({ TopicArn, Message, ...more }));

async function subscribeEndpoint(
  client: SNSClient,
  TopicArn: string,
  endpoint: HttpEndpoint,
  Attributes: Record<string, string> = {},
): Promise<string> {
  await client.send(new SubscribeCommand({ TopicArn, Protocol: "http", Endpoint: endpoint.url, Attributes }));
  const { json } = await endpoint.post(1);
  const token = String(json.Token);
  return (await client.send(new ConfirmSubscriptionCommand({ TopicArn, Token: token }))).SubscriptionArn ?? "";
}

const redriveTo = (arn: string) => ({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn }) });

describe("delivery over HTTP", () => {
  it("is tried again as the delivery policy says, until the endpoint takes the message", async () => {
    await using endpoint = await HttpEndpoint.open();
    const topic = await makeTopic(sns, "patient");
    const healthyRetryPolicy = {
      numRetries: 4,
      numNoDelayRetries: 1,
      numMinDelayRetries: 1,
      numMaxDelayRetries: 1,
      minDelayTarget: 5,
      maxDelayTarget: 60,
      backoffFunction: "linear",
    };
    await subscribeEndpoint(sns, topic, endpoint, { DeliveryPolicy: JSON.stringify({ healthyRetryPolicy }) });
    endpoint.statuses.push(500, 503, 429, 500);
    const { MessageId } = await publish(topic, "again");
    await endpoint.post(3); // at once, and at once again
    for (const [number, seconds] of [
      [4, 5],
      [5, 5],
      [6, 60],
    ] as const) {
      await settledTimers();
      await target.clock.advance(seconds * 1000 - 1);
      expect(endpoint.received).toHaveLength(number - 1);
      await target.clock.advance(1);
      await endpoint.post(number);
    }
    const ids = endpoint.received.slice(1).map(({ json }) => json.MessageId);
    expect(new Set(ids)).toEqual(new Set([MessageId]));
  });

  it("ends in the dead-letter queue when the retries are used up, at once where the endpoint refuses", async () => {
    await using endpoint = await HttpEndpoint.open();
    const topic = await makeTopic(sns, "hopeless");
    const dead = await makeQueue(sqs, "hopeless-dead");
    await subscribeEndpoint(sns, topic, endpoint, redriveTo(dead.arn));
    endpoint.statuses.push(404);
    await publish(topic, "refused");
    expect(envelopeOf((await receive(sqs, dead))[0])).toMatchObject({ Type: "Notification", Message: "refused" });

    endpoint.statuses.push(500, 500, 500, 500);
    await publish(topic, "exhausted");
    for (let post = 3; post <= 6; post++) {
      await endpoint.post(post);
      await settledTimers();
      await target.clock.advance(20_000);
    }
    expect(envelopeOf((await receive(sqs, dead))[0])).toMatchObject({ Message: "exhausted" });
    expect(endpoint.received).toHaveLength(6);
  });

  it("keeps to the throttle policy, and sends raw texts as they are", async () => {
    await using endpoint = await HttpEndpoint.open();
    const topic = await makeTopic(sns, "throttled");
    await subscribeEndpoint(sns, topic, endpoint, {
      RawMessageDelivery: "true",
      DeliveryPolicy: JSON.stringify({
        throttlePolicy: { maxReceivesPerSecond: 1 },
        requestPolicy: { headerContentType: "application/json" },
      }),
    });
    await target.clock.advance(1000);
    for (const text of ["1", "2"]) await publish(topic, text);
    const first = await endpoint.post(2);
    expect(first.headers).toMatchObject({ "x-amz-sns-rawdelivery": "true", "content-type": "application/json" });
    await settledTimers();
    await target.clock.advance(999);
    expect(endpoint.received).toHaveLength(2);
    await target.clock.advance(1);
    await endpoint.post(3);
    expect(endpoint.received.slice(1).map(({ body }) => body)).toEqual(["1", "2"]);
  });
});

/** What an answer has set in motion arms its timers: a round trip through the emulator lets it. */
const settledTimers = async (): Promise<void> => {
  for (let times = 0; times < 3; times++) await sqs.send(new GetQueueUrlCommand({ QueueName: "none" })).catch(() => {});
};

describe("delivery to a queue", () => {
  it("ends in the dead-letter queue when the queue is gone or does not allow it", async () => {
    const topic = await makeTopic(sns, "stale");
    const dead = await makeQueue(sqs, "stale-dead");
    const gone = await makeQueue(sqs, "stale-gone");
    await subscribeQueue(sns, topic, gone, redriveTo(dead.arn));
    await sqs.send(new DeleteQueueCommand({ QueueUrl: gone.url }));
    const { QueueUrl: url = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "stale-closed" }));
    await subscribeQueue(
      sns,
      topic,
      { url, arn: "arn:aws:sqs:us-east-1:000000000000:stale-closed" },
      { ...redriveTo(dead.arn), RawMessageDelivery: "true" },
    );
    await publish(topic, "nowhere to go", { MessageAttributes: { a: { DataType: "String", StringValue: "b" } } });
    const got = await receive(sqs, dead, 2);
    const raw = got.find(({ MessageAttributes }) => MessageAttributes);
    expect(raw).toMatchObject({ Body: "nowhere to go", MessageAttributes: { a: { StringValue: "b" } } });
    expect(envelopeOf(got.find((message) => message !== raw))).toMatchObject({ Message: "nowhere to go" });
  });

  it("goes to queues in other regions", async () => {
    const topic = await makeTopic(sns, "far");
    const west = new SQSClient({ ...target.clientConfig(), region: "us-west-2" });
    const queue = await makeQueue(west, "far");
    expect(queue.arn).toContain("us-west-2");
    await subscribeQueue(sns, topic, queue, { RawMessageDelivery: "true" });
    await publish(topic, "over there");
    expect((await receive(west, queue))[0]?.Body).toBe("over there");
    west.destroy();
  });
});

describe("delivery to a function", () => {
  const fixture = new LambdaFixture({}, target);

  it("gives it the event that Lambda documents, once the function's policy allows it", async () => {
    const topic = await makeTopic(sns, "calling");
    const dead = await makeQueue(sqs, "calling-dead");
    const { FunctionArn = "" } = await fixture.create(
      "called",
      "exports.handler = async (event) => console.log('EVENT ' + JSON.stringify(event));",
    );
    const { SubscriptionArn } = await sns.send(
      new SubscribeCommand({
        TopicArn: topic,
        Protocol: "lambda",
        Endpoint: FunctionArn,
        Attributes: redriveTo(dead.arn),
      }),
    );
    await publish(topic, "not allowed yet");
    expect(envelopeOf((await receive(sqs, dead))[0])).toMatchObject({ Message: "not allowed yet" });

    await fixture.lambda.send(
      new AddPermissionCommand({
        FunctionName: "called",
        StatementId: "sns",
        Action: "lambda:InvokeFunction",
        Principal: "sns.amazonaws.com",
        SourceArn: topic,
      }),
    );
    const MessageAttributes = { n: { DataType: "Number", StringValue: "1" } };
    const { MessageId } = await publish(topic, "run", { Subject: "s", MessageAttributes });
    const line = (await fixture.logged("called", "EVENT ")).find((each) => each.includes("EVENT ")) ?? "";
    expect(JSON.parse(line.slice(line.indexOf("EVENT ") + 6))).toEqual({
      Records: [
        {
          EventSource: "aws:sns",
          EventVersion: "1.0",
          EventSubscriptionArn: SubscriptionArn,
          Sns: {
            Type: "Notification",
            MessageId,
            TopicArn: topic,
            Subject: "s",
            Message: "run",
            Timestamp: expect.any(String),
            SignatureVersion: "1",
            Signature: expect.any(String),
            SigningCertUrl: expect.stringContaining("/SimpleNotificationService-"),
            UnsubscribeUrl: expect.stringContaining(String(SubscriptionArn)),
            MessageAttributes: { n: { Type: "Number", Value: "1" } },
          },
        },
      ],
    });
  });
});

describe("kill -9", () => {
  const dataDirectory = useDataDirectory();

  it("loses nothing that was accepted: the next start goes on, with the same signing key", async () => {
    await using endpoint = await HttpEndpoint.open();
    const policy = { healthyRetryPolicy: { minDelayTarget: 1, maxDelayTarget: 1 } };
    const first = await EmulatorProcess.start(dataDirectory());
    const client = new SNSClient(first.clientConfig());
    const topic = await makeTopic(client, "kept");
    await subscribeEndpoint(client, topic, endpoint, { DeliveryPolicy: JSON.stringify(policy) });
    endpoint.statuses.push(500);
    const { MessageId } = await client.send(new PublishCommand({ TopicArn: topic, Message: "survivor" }));
    await endpoint.post(2);
    await first.kill();
    client.destroy();

    const second = await EmulatorProcess.start(dataDirectory());
    const again = await endpoint.post(3);
    expect(again.json).toMatchObject({ MessageId, Message: "survivor", TopicArn: topic });
    const certificate = String(endpoint.received[1]?.json.SigningCertURL).split("/").at(-1);
    expect(again.json.SigningCertURL).toBe(`${second.endpoint}/${certificate}`);
    await second.kill();
  }, 60_000);
});
