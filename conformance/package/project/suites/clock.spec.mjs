/** @jest-environment-options {"headwater": {"clock": "manual"}} */
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { emulator } from "headwater/jest";

const sqs = new SQSClient();

it("steps over a delay of a quarter of an hour", async () => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "delayed" }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello", DelaySeconds: 900 }));
  const receive = async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.[0]?.Body;
  await emulator.clock.advance(899_000);
  expect(await receive()).toBeUndefined();
  await emulator.clock.advance(1_000);
  expect(await emulator.eventually("the message comes", receive)).toBe("hello");
});

it("goes on while a promise is waited for", async () => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "empty" }));
  const before = emulator.clock.now();
  const polling = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  const { Messages } = await emulator.eventually("the long poll ends", polling, 60_000);
  expect(Messages).toBeUndefined();
  expect(emulator.clock.now() - before).toBeGreaterThanOrEqual(20_000);
});
