import { CreateQueueCommand, ListQueuesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { beforeEach, expect, it } from "vitest";
import { emulator } from "./setup.ts";

const sqs = new SQSClient();

beforeEach(() => emulator.reset());

it("takes an order", async () => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "orders" }));
  const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a book" }));
  expect(MessageId).toMatch(/^[\da-f-]{36}$/);
});

it("begins with nothing in each test", async () => {
  expect((await sqs.send(new ListQueuesCommand())).QueueUrls ?? []).toEqual([]);
});
