import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
  SendMessageCommand,
  type Message,
  type QueueAttributeName,
  type ReceiveMessageCommandInput,
  type SendMessageCommandInput,
} from "@aws-sdk/client-sqs";
import { useClient, useTarget, type Target, type TargetOptions } from "../target.ts";

/** Queues on one target. Each test makes its own queue, of a name of its own. */
export class SqsFixture {
  readonly target: Target;
  readonly sqs: SQSClient;

  /** For the tests of this file or `describe`. */
  constructor(options: TargetOptions = {}) {
    this.target = useTarget(options);
    this.sqs = useClient(new SQSClient({ ...this.target.clientConfig(), maxAttempts: 1 }));
  }

  /** @returns the queue's URL */
  async queue(name: string, attributes: Partial<Record<QueueAttributeName, string>> = {}): Promise<string> {
    const Attributes = name.endsWith(".fifo") ? { FifoQueue: "true", ...attributes } : attributes;
    const { QueueUrl = "" } = await this.sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    return QueueUrl;
  }

  send(QueueUrl: string, MessageBody: string, input: Partial<SendMessageCommandInput> = {}) {
    return this.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...input }));
  }

  async receive(QueueUrl: string, input: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...input }),
    );
    return Messages;
  }

  async bodies(QueueUrl: string, input: Partial<ReceiveMessageCommandInput> = {}): Promise<string[]> {
    return (await this.receive(QueueUrl, input)).map(({ Body }) => Body ?? "");
  }

  async attributes(QueueUrl: string, ...AttributeNames: QueueAttributeName[]): Promise<Record<string, string>> {
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: AttributeNames.length > 0 ? AttributeNames : ["All"] }),
    );
    return Attributes;
  }

  /** How many messages are visible, in flight, delayed. */
  async counts(QueueUrl: string): Promise<number[]> {
    const all = await this.attributes(QueueUrl);
    return [
      all["ApproximateNumberOfMessages"],
      all["ApproximateNumberOfMessagesNotVisible"],
      all["ApproximateNumberOfMessagesDelayed"],
    ].map(Number);
  }
}

export const arnOf = (url: string): string => {
  const [account = "", name = ""] = url.split("/").slice(-2);
  return `arn:aws:sqs:us-east-1:${account}:${name}`;
};
