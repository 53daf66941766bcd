import { describe, expect, it } from "@jest/globals";
import {
  CancelMessageMoveTaskCommand,
  DeleteQueueCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { arnOf, SqsFixture } from "./fixture.ts";

const aws = new SqsFixture({ manualClock: true });

const redrive = (target: string, maxReceiveCount = 1) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(target), maxReceiveCount }),
});

/** A queue whose messages go to another after one receive. */
async function pair(name: string, attributes: Record<string, string> = {}) {
  const dlq = await aws.queue(`${name}-dlq`);
  const source = await aws.queue(name, { VisibilityTimeout: "1", ...redrive(dlq), ...attributes });
  return { dlq, source };
}

/** Receives what is there once, and once more when its visibility timeout has ended: too often. */
async function exhaust(url: string): Promise<void> {
  await aws.receive(url);
  await aws.target.clock.advance(1_000);
  expect(await aws.receive(url)).toEqual([]);
}

describe("RedrivePolicy", () => {
  describe("validation", () => {
    it.each([
      [{ redrivePermission: "denyAll" }, false],
      [{ redrivePermission: "allowAll" }, true],
      [{ redrivePermission: "byQueue", sourceQueueArns: ["arn:aws:sqs:us-east-1:000000000000:allowed"] }, false],
    ])("asks the dead-letter queue's RedriveAllowPolicy %j", async (policy, isAllowed) => {
      const name = `target-${policy.redrivePermission}`;
      const target = await aws.queue(name, { RedriveAllowPolicy: JSON.stringify(policy) });
      const create = aws.queue(`source-${policy.redrivePermission}`, redrive(target));
      if (isAllowed) await create;
      else await expect(create).rejects.toThrow("does not allow redrive");
      if (policy.redrivePermission === "byQueue") await aws.queue("allowed", redrive(target));
    });

    it("wants a dead-letter queue of the same type, and a count from 1 to 1000", async () => {
      const standard = await aws.queue("standard-target");
      await expect(aws.queue("of-fifo.fifo", redrive(standard))).rejects.toThrow(
        "Dead-letter queue must be same type of queue as the source.",
      );
      await expect(aws.queue("often", redrive(standard, 1_001))).rejects.toThrow(
        "Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive.",
      );
    });

    it("refuses the queue itself as its dead-letter queue", async () => {
      const QueueUrl = await aws.queue("itself");
      const Attributes = redrive(QueueUrl);
      await expect(aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))).rejects.toThrow(
        "Dead-letter target should be another queue than the source.",
      );
    });
  });

  describe("behaviour", () => {
    it("moves a message that was received too often, with its id and where it comes from", async () => {
      const { dlq, source } = await pair("moves");
      const { MessageId } = await aws.send(source, "poison");
      await exhaust(source);
      expect(await aws.counts(source)).toEqual([0, 0, 0]);
      const [message] = await aws.receive(dlq, { MessageSystemAttributeNames: ["All"] });
      expect(message).toMatchObject({
        MessageId,
        Body: "poison",
        Attributes: { DeadLetterQueueSourceArn: arnOf(source), ApproximateReceiveCount: "2" },
      });
      const { queueUrls } = await aws.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dlq }));
      expect(queueUrls).toEqual([source]);
    });

    it("lets the retention of a standard queue's message go on in the dead-letter queue", async () => {
      const dlq = await aws.queue("ages-dlq", { MessageRetentionPeriod: "60" });
      const source = await aws.queue("ages", { VisibilityTimeout: "1", ...redrive(dlq) });
      await aws.send(source, "x");
      await aws.target.clock.advance(50_000);
      await exhaust(source);
      expect(await aws.counts(dlq)).toEqual([1, 0, 0]);
      await aws.target.clock.advance(9_000);
      expect(await aws.counts(dlq)).toEqual([0, 0, 0]);
    });

    it("knows a FIFO queue's message by its id: two of one deduplication id are two", async () => {
      const dlq = await aws.queue("ids-dlq.fifo");
      const source = await aws.queue("ids.fifo", { VisibilityTimeout: "1", ...redrive(dlq) });
      const { MessageId } = await aws.send(source, "poison", { MessageGroupId: "g", MessageDeduplicationId: "d" });
      await exhaust(source);
      const [message] = await aws.receive(dlq, { MessageSystemAttributeNames: ["All"] });
      expect(message).toMatchObject({ MessageId, Attributes: { MessageDeduplicationId: MessageId } });
    });

    it("frees a FIFO group of a message that was received too often", async () => {
      const dlq = await aws.queue("groups-dlq.fifo");
      const source = await aws.queue("groups.fifo", { VisibilityTimeout: "1", ...redrive(dlq) });
      for (const body of ["1", "2"]) {
        await aws.send(source, body, { MessageGroupId: "g", MessageDeduplicationId: body });
      }
      await aws.receive(source, { MaxNumberOfMessages: 1 });
      await aws.target.clock.advance(1_000);
      expect(await aws.bodies(source)).toEqual(["2"]);
      expect(await aws.bodies(dlq)).toEqual(["1"]);
    });

    it("wakes whoever waits at the dead-letter queue", async () => {
      const { dlq, source } = await pair("wakes");
      await aws.send(source, "x");
      const waiting = aws.bodies(dlq, { WaitTimeSeconds: 20 });
      await exhaust(source);
      expect(await waiting).toEqual(["x"]);
    });
  });
});

describe("StartMessageMoveTask", () => {
  const start = (SourceArn: string, rest: { DestinationArn?: string; MaxNumberOfMessagesPerSecond?: number } = {}) =>
    aws.sqs.send(new StartMessageMoveTaskCommand({ SourceArn, ...rest }));
  const list = async (SourceArn: string) =>
    (await aws.sqs.send(new ListMessageMoveTasksCommand({ SourceArn }))).Results ?? [];

  async function deadLetters(name: string, count: number) {
    const queues = await pair(name);
    for (let index = 0; index < count; index++) await aws.send(queues.source, String(index));
    await exhaust(queues.source);
    return queues;
  }

  describe("validation", () => {
    it("wants a source that is a dead-letter queue, and a destination that exists", async () => {
      const plain = await aws.queue("plain");
      await expect(start(arnOf(plain))).rejects.toThrow("Source queue must be configured as a Dead Letter Queue.");
      const { dlq } = await pair("move-checks");
      await expect(start(arnOf(dlq), { DestinationArn: `${arnOf(dlq)}-none` })).rejects.toMatchObject({
        name: "ResourceNotFoundException",
        message: "The resource that you specified for the DestinationArn parameter doesn't exist.",
      });
    });
  });

  describe("behaviour", () => {
    it("wants a destination of the same type", async () => {
      const { dlq } = await pair("same-type");
      const fifo = await aws.queue("of-another-type.fifo");
      await expect(
        aws.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arnOf(dlq), DestinationArn: arnOf(fifo) })),
      ).rejects.toThrow("Source queue and destination queue must be of the same type.");
    });

    it("brings messages back to where they came from, as new ones", async () => {
      const { dlq, source } = await deadLetters("back", 3);
      await start(arnOf(dlq));
      await aws.target.clock.advance(0);
      await aws.target.clock.advance(0);
      expect(await list(arnOf(dlq))).toMatchObject([
        { Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 3, ApproximateNumberOfMessagesToMove: 3 },
      ]);
      const back = await aws.receive(source, { MessageSystemAttributeNames: ["All"] });
      expect(back.map(({ Body }) => Body)).toEqual(["0", "1", "2"]);
      expect(back[0]?.Attributes?.ApproximateReceiveCount).toBe("1");
      expect(back[0]?.Attributes).not.toHaveProperty("DeadLetterQueueSourceArn");
    });

    it("moves at the rate that it is given, one task at a time, until it is cancelled", async () => {
      const { dlq } = await deadLetters("rated", 5);
      const other = await aws.queue("elsewhere");
      const rated = { DestinationArn: arnOf(other), MaxNumberOfMessagesPerSecond: 2 };
      const { TaskHandle } = await start(arnOf(dlq), rated);
      await expect(start(arnOf(dlq))).rejects.toThrow("There is already a task running.");
      await aws.target.clock.advance(1_000);
      expect(await aws.counts(other)).toEqual([2, 0, 0]);
      expect(await list(arnOf(dlq))).toMatchObject([
        { Status: "RUNNING", TaskHandle, MaxNumberOfMessagesPerSecond: 2 },
      ]);
      const cancelled = await aws.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
      expect(cancelled.ApproximateNumberOfMessagesMoved).toBe(2);
      await aws.target.clock.advance(1_000);
      expect(await list(arnOf(dlq))).toMatchObject([{ Status: "CANCELLED", ApproximateNumberOfMessagesMoved: 2 }]);
      expect(await aws.counts(dlq)).toEqual([3, 0, 0]);
    });

    it("fails when the destination is deleted, and for messages that no queue sent there", async () => {
      const { dlq } = await deadLetters("fails", 2);
      const other = await aws.queue("doomed");
      await start(arnOf(dlq), { DestinationArn: arnOf(other) });
      await aws.sqs.send(new DeleteQueueCommand({ QueueUrl: other }));
      await aws.target.clock.advance(0);
      expect(await list(arnOf(dlq))).toMatchObject([
        { Status: "FAILED", FailureReason: "AWS.SimpleQueueService.NonExistentQueue" },
      ]);
      const { dlq: direct } = await pair("direct");
      await aws.send(direct, "nobody's");
      await start(arnOf(direct));
      await aws.target.clock.advance(0);
      expect(await list(arnOf(direct))).toMatchObject([
        { Status: "FAILED", FailureReason: "CouldNotDetermineMessageSource" },
      ]);
      expect(await aws.counts(direct)).toEqual([1, 0, 0]);
    });
  });
});
