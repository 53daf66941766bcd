import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
} from "@aws-sdk/client-sqs";
import { SqsFixture } from "./fixture.ts";

const aws = new SqsFixture({ manualClock: true });
const text = (value: string) => ({ DataType: "String", StringValue: value });

describe("SendMessage", () => {
  describe("validation", () => {
    it("refuses an empty body, characters that XML cannot carry, and what is too long", async () => {
      const url = await aws.queue("refusing", { MaximumMessageSize: "1024" });
      await expect(aws.send(url, "")).rejects.toThrow("The request must contain the parameter MessageBody.");
      await expect(aws.send(url, "a\u{0}b")).rejects.toMatchObject({ name: "InvalidMessageContents" });
      const attributes = { MessageAttributes: { a: text("x".repeat(10)) } };
      await expect(aws.send(url, "x".repeat(1_008), attributes)).rejects.toThrow(
        "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
      );
      await aws.send(url, "x".repeat(1_007), attributes);
      await expect(aws.send(url, "x", { DelaySeconds: 901 })).rejects.toThrow(
        "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
      );
      await expect(aws.send(url, "x", { MessageDeduplicationId: "1" })).rejects.toThrow(
        "The request include parameter that is not valid for this queue type.",
      );
    });

    it("refuses a queue that is not there", async () => {
      await expect(aws.send(`${aws.target.endpoint}/000000000000/nowhere`, "x")).rejects.toMatchObject({
        name: "QueueDoesNotExist",
        message: "The specified queue does not exist.",
      });
    });
  });

  describe("behaviour", () => {
    it("answers the digests of body and attributes", async () => {
      const url = await aws.queue("digests");
      // the digests are AWS's own, as recorded for these attributes
      const sent = await aws.send(url, "msg", {
        MessageAttributes: { Hello: text("There"), General: text("Kenobi"), "Help.Me": text("Me") },
      });
      expect(sent).toMatchObject({
        MD5OfMessageBody: "6e2baaf3b97dbeef01c0043275f9a0e7",
        MD5OfMessageAttributes: "4c360f3fdafd970e05fae2f149d997f5",
      });
      const traced = await aws.send(url, "msg", {
        MessageSystemAttributes: { AWSTraceHeader: text("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1") },
      });
      expect(traced.MD5OfMessageSystemAttributes).toMatch(/^[0-9a-f]{32}$/);
    });
  });
});

describe("SendMessageBatch", () => {
  const entry = (Id: string, MessageBody = "x") => ({ Id, MessageBody });
  const batch = (QueueUrl: string, Entries: SendMessageBatchRequestEntry[]) =>
    aws.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));

  describe("validation", () => {
    it("refuses a batch that is empty, too long, or has ids twice or of other characters", async () => {
      const url = await aws.queue("batch-checks");
      await expect(batch(url, [])).rejects.toMatchObject({ name: "EmptyBatchRequest" });
      const eleven = Array.from({ length: 11 }, (_, index) => entry(String(index)));
      await expect(batch(url, eleven)).rejects.toThrow(
        "Maximum number of entries per request are 10. You have sent 11.",
      );
      await expect(batch(url, [entry("a"), entry("a")])).rejects.toThrow("Id a repeated.");
      await expect(batch(url, [entry("a:b")])).rejects.toMatchObject({ name: "InvalidBatchEntryId" });
      const half = "x".repeat(524_289);
      await expect(batch(url, [entry("a", half), entry("b", half)])).rejects.toThrow(
        "Batch requests cannot be longer than 1048576 bytes. You have sent 1048578 bytes.",
      );
    });
  });

  describe("behaviour", () => {
    it("answers each entry for itself", async () => {
      const url = await aws.queue("batch");
      const { Successful, Failed } = await batch(url, [entry("good", "1"), entry("bad", "\u{1}"), entry("fine", "2")]);
      expect(Successful?.map(({ Id }) => Id)).toEqual(["good", "fine"]);
      expect(Failed).toEqual([
        expect.objectContaining({ Id: "bad", SenderFault: true, Code: "InvalidMessageContents" }),
      ]);
      expect(await aws.bodies(url)).toEqual(["1", "2"]);
    });

    it("takes the other entries where the attributes of one are wrong", async () => {
      const url = await aws.queue("batch-attributes");
      const { Successful, Failed } = await batch(url, [
        { ...entry("bad"), MessageAttributes: { n: { DataType: "Number", StringValue: "many" } } },
        entry("good"),
      ]);
      expect(Successful?.map(({ Id }) => Id)).toEqual(["good"]);
      expect(Failed).toEqual([
        expect.objectContaining({ Id: "bad", Message: expect.stringContaining("attribute 'n' to a number") }),
      ]);
    });

    it("leaves out the list that has no entries", async () => {
      const url = await aws.queue("batch-lists");
      const { $metadata: _all, ...allSent } = await batch(url, [entry("a", "1")]);
      expect(Object.keys(allSent)).toEqual(["Successful"]);
      const { $metadata: _none, ...noneSent } = await batch(url, [entry("b", "\u{1}")]);
      expect(Object.keys(noneSent)).toEqual(["Failed"]);
    });
  });
});

describe("ReceiveMessage", () => {
  describe("validation", () => {
    it.each([
      [
        { MaxNumberOfMessages: 11 },
        "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10",
      ],
      [{ WaitTimeSeconds: 21 }, "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20"],
      [{ VisibilityTimeout: 43_201 }, "Value 43201 for parameter VisibilityTimeout is invalid."],
      [{ MessageSystemAttributeNames: ["Nope" as "All"] }, "Unknown Attribute Nope."],
      [{ ReceiveRequestAttemptId: "x" }, "is not valid for this queue type"],
    ])("refuses %j", async (input, message) => {
      const url = await aws.queue("receive-checks");
      await expect(aws.receive(url, input)).rejects.toThrow(message);
    });
  });

  describe("behaviour", () => {
    it("gives a message to one receiver until its visibility timeout ends, then again and counts", async () => {
      const url = await aws.queue("visibility", { VisibilityTimeout: "10" });
      await aws.send(url, "once");
      const sentAt = aws.target.clock.now();
      await aws.target.clock.advance(1_000);
      const MessageSystemAttributeNames = ["All" as const];
      const [first] = await aws.receive(url, { MessageSystemAttributeNames });
      expect(first?.Attributes).toEqual({
        ApproximateFirstReceiveTimestamp: String(sentAt + 1_000),
        ApproximateReceiveCount: "1",
        SenderId: "000000000000",
        SentTimestamp: String(sentAt),
      });
      expect(await aws.receive(url)).toEqual([]);
      expect(await aws.counts(url)).toEqual([0, 1, 0]);
      await aws.target.clock.advance(10_000);
      const [second] = await aws.receive(url, { MessageSystemAttributeNames, VisibilityTimeout: 100 });
      expect(second?.Attributes?.ApproximateReceiveCount).toBe("2");
      expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
      await aws.target.clock.advance(99_000);
      expect(await aws.receive(url)).toEqual([]);
    });

    it("answers the message attributes that are asked for, with their digest", async () => {
      const url = await aws.queue("selected", { VisibilityTimeout: "0" });
      await aws.send(url, "msg", {
        MessageAttributes: {
          Hello: text("There"),
          General: text("Kenobi"),
          "Help.Me": text("Me"),
          bytes: { DataType: "Binary.raw", BinaryValue: Uint8Array.of(1, 2, 255) },
        },
      });
      const get = async (...MessageAttributeNames: string[]) => {
        const [message] = await aws.receive(url, { MessageAttributeNames });
        return [Object.keys(message?.MessageAttributes ?? {}).toSorted(), message?.MD5OfMessageAttributes];
      };
      expect(await get()).toEqual([[], undefined]);
      expect(await get("Hello")).toEqual([["Hello"], "a311262e065454b75da111d535b8dacd"]);
      expect(await get("General", "Hello", "none")).toEqual([["General", "Hello"], "fca026605781cb4126a1e9044df24232"]);
      expect((await get("Help.*"))[0]).toEqual(["Help.Me"]);
      expect((await get("All"))[0]).toEqual(["General", "Hello", "Help.Me", "bytes"]);
      const [whole] = await aws.receive(url, { MessageAttributeNames: [".*"] });
      expect(whole?.MessageAttributes?.["bytes"]).toEqual({
        DataType: "Binary.raw",
        BinaryValue: Uint8Array.of(1, 2, 255),
      });
    });

    it("holds back delayed messages, by the queue's delay or the message's own", async () => {
      const url = await aws.queue("delayed", { DelaySeconds: "5" });
      await aws.send(url, "by queue");
      await aws.send(url, "at once", { DelaySeconds: 0 });
      await aws.send(url, "later", { DelaySeconds: 60 });
      expect(await aws.counts(url)).toEqual([1, 0, 2]);
      expect(await aws.bodies(url)).toEqual(["at once"]);
      await aws.target.clock.advance(5_000);
      expect(await aws.bodies(url)).toEqual(["by queue"]);
      await aws.target.clock.advance(55_000);
      expect(await aws.bodies(url)).toEqual(["at once", "by queue", "later"]);
    });

    it("forgets messages when their retention ends, also by a shorter one", async () => {
      const url = await aws.queue("retained", { MessageRetentionPeriod: "60" });
      await aws.send(url, "old");
      await aws.target.clock.advance(59_999);
      await aws.send(url, "young");
      expect(await aws.counts(url)).toEqual([2, 0, 0]);
      await aws.target.clock.advance(1);
      expect(await aws.bodies(url)).toEqual(["young"]);
    });

    it("waits for a message, and answers as soon as there is one", async () => {
      const url = await aws.queue("waiting", { ReceiveMessageWaitTimeSeconds: "20" });
      const waiting = aws.bodies(url);
      const sent = await aws.send(url, "here");
      expect(await waiting).toEqual(["here"]);
      expect(sent.MessageId).toBeDefined();
    });

    it("waits for a delay and for a visibility timeout to end, without another call", async () => {
      const url = await aws.queue("waiting-for-time");
      await aws.send(url, "delayed", { DelaySeconds: 3 });
      const first = aws.bodies(url, { WaitTimeSeconds: 20, VisibilityTimeout: 10 });
      await stepUntilSettled(first, 1_000);
      expect(await first).toEqual(["delayed"]);
      const again = aws.bodies(url, { WaitTimeSeconds: 20 });
      await stepUntilSettled(again, 1_000);
      expect(await again).toEqual(["delayed"]);
    });

    it("ends its wait with nothing when the time is over, or the queue is deleted", async () => {
      const url = await aws.queue("empty-wait");
      const nothing = aws.receive(url, { WaitTimeSeconds: 2 });
      await stepUntilSettled(nothing, 500);
      expect(await nothing).toEqual([]);
      const deleted = aws.receive(url, { WaitTimeSeconds: 20 });
      await aws.sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
      const outcome = deleted.catch((error: Error) => error.name);
      await stepUntilSettled(outcome, 0);
      expect([[], "QueueDoesNotExist"]).toContainEqual(await outcome);
    });
  });
});

/** Steps the time until the answer is there: a request may still be on its way when the first step is made. */
async function stepUntilSettled(answer: Promise<unknown>, stepMs: number): Promise<void> {
  let isSettled = false;
  const settled = answer.then(
    () => (isSettled = true),
    () => (isSettled = true),
  );
  while (!isSettled) {
    await aws.target.clock.advance(stepMs);
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 5))]);
  }
}

describe("DeleteMessage", () => {
  describe("validation", () => {
    it("refuses a text that is no handle of the queue", async () => {
      const url = await aws.queue("handles");
      const other = await aws.queue("other-handles");
      await aws.send(other, "x");
      const [message] = await aws.receive(other);
      for (const ReceiptHandle of ["garbage", message?.ReceiptHandle ?? ""]) {
        await expect(aws.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }))).rejects.toMatchObject({
          name: "ReceiptHandleIsInvalid",
        });
      }
    });
  });

  describe("behaviour", () => {
    it("removes by the handle of the last receive, also after the visibility timeout; an older handle does nothing", async () => {
      const url = await aws.queue("deleting", { VisibilityTimeout: "1" });
      await aws.send(url, "x");
      const [first] = await aws.receive(url);
      await aws.target.clock.advance(1_000);
      const [second] = await aws.receive(url);
      const remove = (ReceiptHandle = "") => aws.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      await remove(first?.ReceiptHandle);
      await aws.target.clock.advance(1_000);
      expect(await aws.counts(url)).toEqual([1, 0, 0]);
      await remove(second?.ReceiptHandle);
      expect(await aws.counts(url)).toEqual([0, 0, 0]);
      await remove(second?.ReceiptHandle);
    });
  });
});

describe("DeleteMessageBatch", () => {
  describe("behaviour", () => {
    it("answers each entry for itself", async () => {
      const url = await aws.queue("delete-batch");
      for (const body of ["a", "b"]) await aws.send(url, body);
      const received = await aws.receive(url);
      const Entries = [...received.map(({ ReceiptHandle = "" }, index) => ({ Id: `m${index}`, ReceiptHandle }))];
      Entries.push({ Id: "bad", ReceiptHandle: "garbage" });
      const { Successful, Failed } = await aws.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
      expect(Successful).toEqual([{ Id: "m0" }, { Id: "m1" }]);
      expect(Failed).toMatchObject([{ Id: "bad", SenderFault: true, Code: "ReceiptHandleIsInvalid" }]);
      expect(await aws.counts(url)).toEqual([0, 0, 0]);
    });
  });
});

describe("ChangeMessageVisibility", () => {
  const change = (QueueUrl: string, ReceiptHandle = "", VisibilityTimeout = 0) =>
    aws.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));

  describe("validation", () => {
    it("refuses more than 12 hours since the receive, and messages that are not in flight or gone", async () => {
      const url = await aws.queue("change-checks", { VisibilityTimeout: "5" });
      await aws.send(url, "x");
      const [message] = await aws.receive(url);
      await aws.target.clock.advance(1_000);
      await expect(change(url, message?.ReceiptHandle, 43_200)).rejects.toThrow(
        "Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]",
      );
      await aws.target.clock.advance(4_000);
      await expect(change(url, message?.ReceiptHandle, 10)).rejects.toMatchObject({ name: "MessageNotInflight" });
      const [again] = await aws.receive(url);
      await aws.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: again?.ReceiptHandle }));
      await expect(change(url, again?.ReceiptHandle, 10)).rejects.toThrow("Message does not exist or is not available");
    });
  });

  describe("behaviour", () => {
    it("makes a message visible at once, or keeps it hidden for longer", async () => {
      const url = await aws.queue("changing");
      await aws.send(url, "x");
      const [first] = await aws.receive(url);
      await change(url, first?.ReceiptHandle, 0);
      const [second] = await aws.receive(url);
      const Entries = [{ Id: "a", ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 100 }];
      await aws.sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
      await aws.target.clock.advance(99_000);
      expect(await aws.receive(url)).toEqual([]);
      await aws.target.clock.advance(1_000);
      expect(await aws.bodies(url)).toEqual(["x"]);
    });
  });
});

describe("a message of a mebibyte", () => {
  it("comes back whole", async () => {
    const url = await aws.queue("large");
    const body = "é".repeat(524_288);
    await aws.send(url, body);
    const [message] = await aws.receive(url);
    expect(message?.MD5OfBody).toBe(createHash("md5").update(body).digest("hex"));
    expect(message?.Body).toBe(body);
  });
});
