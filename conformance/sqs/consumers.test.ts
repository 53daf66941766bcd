import {
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  PurgeQueueCommand,
  SendMessageBatchCommand,
} from "@aws-sdk/client-sqs";
import { SqsFixture } from "./fixture.ts";

const CONSUMERS = 16;

/** Sends numbered bodies in batches of ten; of a FIFO queue, in turns to `groups` groups. */
async function fill(aws: SqsFixture, QueueUrl: string, count: number, groups = 0): Promise<string[]> {
  const bodies = Array.from({ length: count }, (_, index) => `${index}`);
  for (let first = 0; first < count; first += 10) {
    const Entries = bodies.slice(first, first + 10).map((MessageBody) => ({
      Id: MessageBody,
      MessageBody,
      ...(groups > 0 && { MessageGroupId: `g${Number(MessageBody) % groups}`, MessageDeduplicationId: MessageBody }),
    }));
    await aws.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
  return bodies;
}

/** Sixteen consumers at once, each until it is told that nothing is left. */
const inParallel = (work: (consumer: number) => Promise<boolean>): Promise<unknown> =>
  Promise.all(
    Array.from({ length: CONSUMERS }, async (_, consumer) => {
      let goesOn = true;
      while (goesOn) goesOn = await work(consumer);
    }),
  );

describe("many consumers", () => {
  const aws = new SqsFixture();

  it("receive each message of a standard queue once within its visibility timeout, and lose none", async () => {
    const url = await aws.queue("shared", { VisibilityTimeout: "600" });
    const sent = await fill(aws, url, 400);
    const received: string[] = [];
    await inParallel(async (consumer) => {
      const messages = await aws.receive(url, { MaxNumberOfMessages: 1 + (consumer % 10) });
      received.push(...messages.map(({ Body = "" }) => Body));
      if (messages.length === 0) return false;
      const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
      await aws.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
      return true;
    });
    expect(received.toSorted()).toEqual(sent.toSorted());
    expect(await aws.counts(url)).toEqual([0, 0, 0]);
  });

  it("see each group of a FIFO queue in order, one consumer at a time", async () => {
    const url = await aws.queue("shared.fifo", { VisibilityTimeout: "600" });
    const groups = 7;
    const sent = await fill(aws, url, 210, groups);
    const received = new Map<string, string[]>();
    const busy = new Set<string>();
    let left = sent.length;
    await inParallel(async (consumer) => {
      const messages = await aws.receive(url, {
        MaxNumberOfMessages: 1 + (consumer % 10),
        MessageSystemAttributeNames: ["MessageGroupId"],
      });
      const group = ({ Attributes }: (typeof messages)[number]): string => Attributes?.MessageGroupId ?? "";
      const mine = new Set(messages.map(group));
      for (const name of mine) {
        expect(busy.has(name)).toBe(false);
        busy.add(name);
      }
      for (const message of messages) {
        received.set(group(message), [...(received.get(group(message)) ?? []), message.Body ?? ""]);
      }
      left -= messages.length;
      // one by one: a group is given out again when the last of its messages is deleted
      for (const [index, message] of messages.entries()) {
        if (!messages.slice(index + 1).some((other) => group(other) === group(message))) busy.delete(group(message));
        await aws.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
      }
      return left > 0;
    });
    for (let index = 0; index < groups; index++) {
      expect(received.get(`g${index}`)).toEqual(sent.filter((body) => Number(body) % groups === index));
    }
    expect(await aws.counts(url)).toEqual([0, 0, 0]);
  });

  it("that all wait get one message each", async () => {
    const url = await aws.queue("waited-for", { VisibilityTimeout: "600" });
    const answers: string[][] = [];
    const waiting = Array.from({ length: 40 }, async () => {
      answers.push(await aws.bodies(url, { WaitTimeSeconds: 20, MaxNumberOfMessages: 1 }));
    });
    const sent = await fill(aws, url, 40);
    await Promise.all(waiting);
    expect(answers.flat().toSorted()).toEqual(sent.toSorted());
  });
});

describe("what is in flight", () => {
  const aws = new SqsFixture({ manualClock: true });

  it("does not come back after a purge, and its handles do nothing", async () => {
    const url = await aws.queue("purged", { VisibilityTimeout: "1" });
    await fill(aws, url, 10);
    const messages = await aws.receive(url);
    expect(messages).toHaveLength(10);
    await aws.sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    expect(await aws.counts(url)).toEqual([0, 0, 0]);
    await aws.send(url, "later");
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
    const { Successful } = await aws.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
    expect(Successful).toHaveLength(10);
    await aws.target.clock.advance(2_000);
    expect(await aws.bodies(url)).toEqual(["later"]);
  });

  it("is gone with its queue, and is none of a new queue of that name", async () => {
    const url = await aws.queue("replaced", { VisibilityTimeout: "1" });
    await fill(aws, url, 5);
    const [message] = await aws.receive(url);
    await aws.sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
    await aws.target.clock.advance(60_000);
    await aws.queue("replaced");
    expect(await aws.counts(url)).toEqual([0, 0, 0]);
    await expect(
      aws.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle })),
    ).rejects.toMatchObject({ name: "ReceiptHandleIsInvalid" });
  });
});
