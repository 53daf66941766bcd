import { describe, expect, it } from "@jest/globals";
import { ChangeMessageVisibilityCommand, DeleteMessageCommand, PurgeQueueCommand } from "@aws-sdk/client-sqs";
import type { Message } from "@aws-sdk/client-sqs";
import { SqsFixture } from "./fixture.ts";

describe("a FIFO queue", () => {
  const aws = new SqsFixture({ manualClock: true });

  /** Bodies like `a1`: the letter is the group. */
  const sendAll = async (url: string, ...bodies: string[]) => {
    for (const body of bodies) {
      await aws.send(url, body, { MessageGroupId: body.slice(0, 1), MessageDeduplicationId: body });
    }
  };
  const remove = (QueueUrl: string, { ReceiptHandle }: Message) =>
    aws.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

  describe("validation", () => {
    it("wants a group, and a deduplication id or content-based deduplication", async () => {
      const url = await aws.queue("checks.fifo");
      await expect(aws.send(url, "x")).rejects.toThrow("The request must contain the parameter MessageGroupId.");
      await expect(aws.send(url, "x", { MessageGroupId: "g" })).rejects.toThrow(
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
      );
      await expect(aws.send(url, "x", { MessageGroupId: "g h", MessageDeduplicationId: "1" })).rejects.toThrow(
        "MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.",
      );
      await expect(
        aws.send(url, "x", { MessageGroupId: "g", MessageDeduplicationId: "1", DelaySeconds: 2 }),
      ).rejects.toThrow(
        "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.",
      );
    });

    it("has high throughput by group only with deduplication by group", async () => {
      await expect(aws.queue("fast.fifo", { FifoThroughputLimit: "perMessageGroupId" })).rejects.toThrow(
        "The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup.",
      );
      const scoped = { FifoThroughputLimit: "perMessageGroupId", DeduplicationScope: "messageGroup" };
      expect(await aws.attributes(await aws.queue("fast.fifo", scoped))).toMatchObject(scoped);
    });
  });

  describe("behaviour", () => {
    it("keeps the order of a group, and gives none of it while one of it is in flight", async () => {
      const url = await aws.queue("order.fifo");
      await sendAll(url, "a1", "a2", "b1", "a3");
      const [a1] = await aws.receive(url, { MaxNumberOfMessages: 1 });
      expect(a1?.Body).toBe("a1");
      expect(await aws.bodies(url)).toEqual(["b1"]);
      expect(await aws.bodies(url)).toEqual([]);
      expect(await aws.counts(url)).toEqual([2, 2, 0]);
      await remove(url, a1 as Message);
      expect(await aws.bodies(url)).toEqual(["a2", "a3"]);
    });

    it("gives a group's messages again in order when their visibility timeout ends, all or none", async () => {
      const url = await aws.queue("again.fifo", { VisibilityTimeout: "10" });
      await sendAll(url, "a1", "a2", "a3");
      const [first, second] = await aws.receive(url, { MaxNumberOfMessages: 2 });
      expect([first?.Body, second?.Body]).toEqual(["a1", "a2"]);
      await aws.sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: url,
          ReceiptHandle: second?.ReceiptHandle,
          VisibilityTimeout: 0,
        }),
      );
      expect(await aws.bodies(url)).toEqual([]);
      await aws.target.clock.advance(10_000);
      expect(await aws.bodies(url)).toEqual(["a1", "a2", "a3"]);
    });

    it("does not delete by the handle of a message whose visibility timeout has ended", async () => {
      const url = await aws.queue("expired.fifo", { VisibilityTimeout: "1" });
      await sendAll(url, "a1");
      const [message] = await aws.receive(url);
      await aws.target.clock.advance(1_000);
      await expect(remove(url, message as Message)).rejects.toThrow(
        `Value ${message?.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
      );
      const [again] = await aws.receive(url);
      await remove(url, again as Message);
      expect(await aws.counts(url)).toEqual([0, 0, 0]);
    });

    it("answers attributes and growing sequence numbers", async () => {
      const url = await aws.queue("numbers.fifo");
      const send = (body: string) => aws.send(url, body, { MessageGroupId: "g", MessageDeduplicationId: body });
      const first = await send("1");
      const second = await send("2");
      expect(BigInt(second.SequenceNumber ?? 0) > BigInt(first.SequenceNumber ?? 0)).toBe(true);
      expect(first.SequenceNumber).toMatch(/^\d{20}$/);
      const [message] = await aws.receive(url, { MessageSystemAttributeNames: ["All"] });
      expect(message?.Attributes).toMatchObject({
        MessageDeduplicationId: "1",
        MessageGroupId: "g",
        SequenceNumber: first.SequenceNumber,
      });
    });

    it("takes a deduplication id once in five minutes, also when the message is gone", async () => {
      const url = await aws.queue("duplicates.fifo");
      const send = (MessageGroupId = "g") => aws.send(url, "x", { MessageGroupId, MessageDeduplicationId: "1" });
      const first = await send();
      const [message] = await aws.receive(url);
      await remove(url, message as Message);
      expect(await send("other")).toMatchObject({
        MessageId: first.MessageId,
        SequenceNumber: first.SequenceNumber,
      });
      await aws.target.clock.advance(300_000);
      expect(await aws.receive(url)).toEqual([]);
      await aws.target.clock.advance(1);
      expect((await send()).MessageId).not.toBe(first.MessageId);
      expect(await aws.bodies(url)).toEqual(["x"]);
    });

    it("deduplicates by content, and by group where the scope says so", async () => {
      const url = await aws.queue("content.fifo", {
        ContentBasedDeduplication: "true",
        DeduplicationScope: "messageGroup",
      });
      for (const MessageGroupId of ["a", "a", "b"]) await aws.send(url, "same", { MessageGroupId });
      await aws.send(url, "same", { MessageGroupId: "a", MessageDeduplicationId: "explicit" });
      expect(await aws.bodies(url)).toEqual(["same", "same", "same"]);
      expect(await aws.counts(url)).toEqual([0, 3, 0]);
    });

    it("gives the same messages to a receive that is tried again, until something happens to them", async () => {
      const url = await aws.queue("attempts.fifo", { VisibilityTimeout: "30" });
      await sendAll(url, "a1", "a2");
      const attempt = { ReceiveRequestAttemptId: "attempt-1" };
      const first = await aws.receive(url, attempt);
      await aws.target.clock.advance(20_000);
      const second = await aws.receive(url, attempt);
      expect(second.map(({ ReceiptHandle }) => ReceiptHandle)).toEqual(first.map(({ ReceiptHandle }) => ReceiptHandle));
      await aws.target.clock.advance(20_000);
      expect(await aws.counts(url)).toEqual([0, 2, 0]);
      await remove(url, second[0] as Message);
      expect(await aws.receive(url, attempt)).toEqual([]);
    });

    it("holds back a group until the delay of its first message is over", async () => {
      const url = await aws.queue("delay.fifo", { DelaySeconds: "10" });
      await sendAll(url, "a1");
      await aws.target.clock.advance(5_000);
      await sendAll(url, "a2", "b1");
      expect(await aws.counts(url)).toEqual([0, 0, 3]);
      await aws.target.clock.advance(5_000);
      expect(await aws.bodies(url)).toEqual(["a1"]);
      await aws.target.clock.advance(5_000);
      expect(await aws.bodies(url)).toEqual(["b1"]);
    });

    it("serves groups again after a purge", async () => {
      const url = await aws.queue("purge.fifo");
      await sendAll(url, "a1", "a2");
      await aws.receive(url, { MaxNumberOfMessages: 1 });
      await aws.sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
      await sendAll(url, "a3");
      expect(await aws.bodies(url)).toEqual(["a3"]);
    });
  });
});
