import { describe, expect, it } from "@jest/globals";
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { useClient } from "../../target.ts";
import { MappingFixture } from "../event-source-mapping-fixture.ts";

const arnOf = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;

/** What users of other emulators found missing. */
describe("a mapping of a queue", () => {
  const aws = MappingFixture.use();
  const sqs = useClient(new SQSClient(aws.target.clientConfig()));

  const setUp = async (name: string, attributes: Partial<Record<QueueAttributeName, string>> = {}) => {
    const Attributes = { VisibilityTimeout: "60", ...attributes };
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    const consumer = await aws.consumer<SQSEvent>(name);
    const bodies = () => consumer.events.flatMap(({ Records }) => Records.map(({ body }) => body));
    return {
      ...consumer,
      bodies,
      names: { FunctionName: name, EventSourceArn: arnOf(name) },
      send: (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody })),
      sendAll: (...all: readonly string[]) => {
        const Entries = all.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
        return sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      },
    };
  };

  const attributes = async (name: string) => {
    const QueueUrl = `${aws.target.endpoint}/000000000000/${name}`;
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    return Attributes;
  };

  const depth = async (name: string) => Number((await attributes(name))?.ApproximateNumberOfMessages);
  const inFlight = async (name: string) => Number((await attributes(name))?.ApproximateNumberOfMessagesNotVisible);

  const map = async (input: CreateEventSourceMappingCommandInput) => {
    const { UUID = "" } = await aws.lambda.send(new CreateEventSourceMappingCommand(input));
    await aws.state(UUID, input.Enabled === false ? "Disabled" : "Enabled");
    return UUID;
  };

  it("delivers nothing while it is disabled, and everything once it is enabled", async () => {
    const { names, bodies, send } = await setUp("switched-off");
    const UUID = await map({ ...names, Enabled: false });
    await send("waits");
    await aws.target.clock.advance(60_000);
    expect(bodies()).toEqual([]);
    expect(await depth("switched-off")).toBe(1);
    await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
    await aws.stepUntil("the message is delivered", () => (bodies().length > 0 ? true : undefined));
    expect(bodies()).toEqual(["waits"]);
  });

  it("delivers what was sent by SendMessageBatch", async () => {
    const { names, bodies, sendAll } = await setUp("batch-sent");
    await map(names);
    await sendAll("a", "b", "c");
    await aws.stepUntil("all are delivered", () => (bodies().length >= 3 ? true : undefined));
    expect(bodies().toSorted()).toEqual(["a", "b", "c"]);
  });

  it("leaves the messages that partial answers name to the dead-letter queue, and deletes the others", async () => {
    await sqs.send(new CreateQueueCommand({ QueueName: "partly-dead" }));
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf("partly-dead"), maxReceiveCount: 2 });
    const { names, behave, bodies, sendAll } = await setUp("partly-failing", { RedrivePolicy });
    behave(({ Records }) => {
      const failed = Records.filter(({ body }) => body === "bad");
      return { result: { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) } };
    });
    await sendAll("good", "bad", "better");
    await map({ ...names, FunctionResponseTypes: ["ReportBatchItemFailures"] });
    // the time stands still while the function has a batch: nothing else comes again
    for (const attempt of [1, 2]) {
      const isOver = async () => bodies().length === attempt + 2 && (await inFlight("partly-failing")) === 1;
      await aws.stepUntil(`attempt ${attempt} is over`, async () => ((await isOver()) ? true : undefined), 0);
      await aws.target.clock.advance(60_000);
    }
    await aws.stepUntil("the bad one is given up", async () => ((await depth("partly-dead")) === 1 ? true : undefined));
    expect(bodies().toSorted()).toEqual(["bad", "bad", "better", "good"]);
    expect(await depth("partly-failing")).toBe(0);
  });
});
