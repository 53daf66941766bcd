import { CreateTopicCommand, type SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { eventually } from "../target.ts";

export interface Queue {
  readonly url: string;
  readonly arn: string;
}

/** A queue that topics may send to; its name says whether it is FIFO. */
export async function makeQueue(sqs: SQSClient, name: string): Promise<Queue> {
  const policy = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage", Resource: "*" },
    ],
  };
  const { QueueUrl: url = "" } = await sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: { Policy: JSON.stringify(policy), ...(name.endsWith(".fifo") && { FifoQueue: "true" }) },
    }),
  );
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }));
  return { url, arn: Attributes?.QueueArn ?? "" };
}

export async function makeTopic(
  sns: SNSClient,
  name: string,
  attributes: Record<string, string> = {},
): Promise<string> {
  const Attributes = { ...(name.endsWith(".fifo") && { FifoTopic: "true" }), ...attributes };
  return (await sns.send(new CreateTopicCommand({ Name: name, Attributes }))).TopicArn ?? "";
}

/** Subscribes a queue. @returns the ARN of the subscription */
export async function subscribeQueue(
  sns: SNSClient,
  topicArn: string,
  queue: Queue,
  attributes: Record<string, string> = {},
): Promise<string> {
  const { SubscriptionArn = "" } = await sns.send(
    new SubscribeCommand({ TopicArn: topicArn, Protocol: "sqs", Endpoint: queue.arn, Attributes: attributes }),
  );
  return SubscriptionArn;
}

/** Waits until so many messages have come, and removes them. */
export async function receive(sqs: SQSClient, { url }: Queue, count = 1): Promise<Message[]> {
  const got: Message[] = [];
  return eventually(`${count} messages`, async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      }),
    );
    for (const message of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
    }
    got.push(...Messages);
    return got.length >= count ? got : undefined;
  });
}

/** The envelope in a message's body. */
export const envelopeOf = (message: Message | undefined): Record<string, unknown> =>
  JSON.parse(message?.Body ?? "{}") as Record<string, unknown>;
