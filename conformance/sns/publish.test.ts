import { createVerify } from "node:crypto";
import { PublishBatchCommand, PublishCommand, type PublishCommandInput, SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { useClient, useTarget } from "../target.ts";
import { envelopeOf, makeQueue, makeTopic, receive, subscribeQueue } from "./fixture.ts";

const target = useTarget({ manualClock: true });
const sns = useClient(new SNSClient(target.clientConfig()));
const sqs = useClient(new SQSClient(target.clientConfig()));

const publish = (input: PublishCommandInput) => sns.send(new PublishCommand(input));

async function topicWithQueue(name: string, attributes: Record<string, string> = {}) {
  const suffix = name.endsWith(".fifo") ? ".fifo" : "";
  const topic = await makeTopic(sns, name);
  const queue = await makeQueue(sqs, `${name.replace(".fifo", "")}-queue${suffix}`);
  return { topic, queue, subscription: await subscribeQueue(sns, topic, queue, attributes) };
}

describe("Publish", () => {
  describe("validation", () => {
    it.each([
      ["an empty message", { Message: "" }, "Invalid parameter: Empty message"],
      ["a subject with a line break", { Message: "a", Subject: "a\nb" }, "Invalid parameter: Subject"],
      ["a subject of 101 characters", { Message: "a", Subject: "a".repeat(101) }, "Invalid parameter: Subject"],
      ["a message of more than 256 KiB", { Message: "a".repeat(262_145) }, "Invalid parameter: Message too long"],
      [
        "a deduplication id on a standard topic",
        { Message: "a", MessageDeduplicationId: "d" },
        "Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
      ],
      [
        "a JSON structure that is none",
        { Message: "{", MessageStructure: "json" },
        "Invalid parameter: Message Structure - JSON message body failed to parse",
      ],
      [
        "a JSON structure without default",
        { Message: '{"sqs":"a"}', MessageStructure: "json" },
        "Invalid parameter: Message Structure - No default entry in JSON message body",
      ],
    ])("refuses %s", async (_what, input, message) => {
      const topic = await makeTopic(sns, "refusals");
      await expect(publish({ TopicArn: topic, ...input })).rejects.toMatchObject({
        name: "InvalidParameterException",
        message,
      });
    });

    it.each([
      [
        { a: { DataType: "Text", StringValue: "x" } },
        "The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
      ],
      [
        { a: { DataType: "String", StringValue: "" } },
        "The message attribute 'a' must contain non-empty message attribute value for message attribute type 'String'.",
      ],
      [
        { a: { DataType: "Binary", StringValue: "x" } },
        "The message attribute 'a' with type 'Binary' must use field 'Binary'.",
      ],
      [{ a: { DataType: "Number", StringValue: "one" } }, "Could not cast message attribute 'a' value to number."],
      [
        { "a..b": { DataType: "String", StringValue: "x" } },
        "Message attribute name can not have successive '.' character.",
      ],
      [
        { "a^": { DataType: "String", StringValue: "x" } },
        "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
      ],
    ])("refuses the attributes %j", async (attributes, message) => {
      const topic = await makeTopic(sns, "refusals");
      await expect(publish({ TopicArn: topic, Message: "a", MessageAttributes: attributes })).rejects.toMatchObject({
        name: "InvalidParameterValueException",
        message,
      });
    });

    it("names what is wrong with the ARN, and a topic that is not there", async () => {
      await expect(publish({ TopicArn: "topic", Message: "a" })).rejects.toMatchObject({
        message: "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1",
      });
      await expect(
        publish({ TopicArn: "arn:aws:sns:us-east-1:000000000000:nowhere", Message: "a" }),
      ).rejects.toMatchObject({ name: "NotFoundException", message: "Topic does not exist" });
    });
  });

  describe("behaviour", () => {
    it("wraps the message for a queue, with a signature that the certificate at its URL verifies", async () => {
      const { topic, queue, subscription } = await topicWithQueue("envelope");
      const { MessageId } = await publish({
        TopicArn: topic,
        Message: "öffne §",
        Subject: "greeting",
        MessageAttributes: {
          text: { DataType: "String", StringValue: "v" },
          bytes: { DataType: "Binary", BinaryValue: Buffer.from([2, 3, 4]) },
        },
      });
      const envelope = envelopeOf((await receive(sqs, queue))[0]);
      expect(envelope).toEqual({
        Type: "Notification",
        MessageId,
        TopicArn: topic,
        Subject: "greeting",
        Message: "öffne §",
        Timestamp: new Date(target.clock.now()).toISOString(),
        SignatureVersion: "1",
        Signature: expect.any(String),
        SigningCertURL: expect.stringContaining("/SimpleNotificationService-"),
        UnsubscribeURL: `${target.endpoint}/?Action=Unsubscribe&SubscriptionArn=${subscription}`,
        MessageAttributes: { text: { Type: "String", Value: "v" }, bytes: { Type: "Binary", Value: "AgME" } },
      });
      const certificate = await (await fetch(String(envelope.SigningCertURL))).text();
      const signed = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
        .map((name) => `${name}\n${String(envelope[name])}\n`)
        .join("");
      const verify = (text: string) =>
        createVerify("RSA-SHA1").update(text).verify(certificate, String(envelope.Signature), "base64");
      expect([verify(signed), verify(`${signed}.`)]).toEqual([true, false]);
    });

    it("goes once to each of a hundred subscriptions, under one signature", async () => {
      const topic = await makeTopic(sns, "fan-out");
      const queues = await Promise.all(Array.from({ length: 100 }, (_, index) => makeQueue(sqs, `fan-out-${index}`)));
      await Promise.all(queues.map((queue) => subscribeQueue(sns, topic, queue)));
      const { MessageId } = await publish({ TopicArn: topic, Message: "to all" });
      const got = await Promise.all(queues.map((queue) => receive(sqs, queue)));
      const envelopes = got.map(([message]) => envelopeOf(message));
      expect(new Set(envelopes.map((envelope) => envelope["MessageId"]))).toEqual(new Set([MessageId]));
      expect(new Set(envelopes.map((envelope) => envelope["Signature"])).size).toBe(1);
    });

    it("delivers the text and the attributes alone where raw delivery is asked for", async () => {
      const { topic, queue } = await topicWithQueue("raw", { RawMessageDelivery: "true" });
      await publish({
        TopicArn: topic,
        Message: "plain",
        MessageAttributes: { n: { DataType: "Number", StringValue: "1.50" } },
      });
      const [message] = await receive(sqs, queue);
      expect(message).toMatchObject({
        Body: "plain",
        MessageAttributes: { n: { DataType: "Number", StringValue: "1.50" } },
      });
    });

    it("gives each protocol its own text of a JSON structure", async () => {
      const { topic, queue } = await topicWithQueue("structured");
      const texts = { default: "for all", sqs: "for queues", http: { not: "text" } };
      await publish({ TopicArn: topic, MessageStructure: "json", Message: JSON.stringify(texts) });
      await publish({ TopicArn: topic, MessageStructure: "json", Message: JSON.stringify({ default: "for all" }) });
      const got = (await receive(sqs, queue, 2)).map((message) => envelopeOf(message).Message);
      expect(new Set(got)).toEqual(new Set(["for all", "for queues"]));
    });
  });
});

describe("Publish to a FIFO topic", () => {
  it("needs a group, and an id or deduplication by content", async () => {
    const topic = await makeTopic(sns, "ids.fifo");
    await expect(publish({ TopicArn: topic, Message: "a" })).rejects.toMatchObject({
      message: "Invalid parameter: The MessageGroupId parameter is required for FIFO topics",
    });
    await expect(publish({ TopicArn: topic, Message: "a", MessageGroupId: "g" })).rejects.toMatchObject({
      message:
        "Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    });
  });

  it("keeps the order of each group and drops a duplicate of the last five minutes", async () => {
    const { topic, queue } = await topicWithQueue("ordered.fifo", { RawMessageDelivery: "true" });
    const send = (text: string) =>
      publish({ TopicArn: topic, Message: text, MessageGroupId: "g", MessageDeduplicationId: text });
    const first = await send("1");
    for (const text of ["2", "3", "4", "5"]) await send(text);
    expect(await send("1")).toMatchObject({ MessageId: first.MessageId, SequenceNumber: first.SequenceNumber });
    const second = await send("6");
    expect(BigInt(second.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(first.SequenceNumber ?? 0));
    const got = await receive(sqs, queue, 6);
    expect(got.map(({ Body }) => Body)).toEqual(["1", "2", "3", "4", "5", "6"]);
    expect(got[0]?.Attributes).toMatchObject({ MessageGroupId: "g", MessageDeduplicationId: "1" });
    await target.clock.advance(5 * 60 * 1000 + 1);
    expect((await send("1")).MessageId).not.toBe(first.MessageId);
    expect((await receive(sqs, queue)).map(({ Body }) => Body)).toEqual(["1"]);
  });
});

describe("PublishBatch", () => {
  it("answers each entry by its id and delivers them all", async () => {
    const { topic, queue } = await topicWithQueue("batch", { RawMessageDelivery: "true" });
    const { Successful, Failed } = await sns.send(
      new PublishBatchCommand({
        TopicArn: topic,
        PublishBatchRequestEntries: ["a", "b", "c"].map((Id) => ({ Id, Message: `text ${Id}` })),
      }),
    );
    expect([Successful?.map(({ Id }) => Id), Failed]).toEqual([["a", "b", "c"], []]);
    const got = (await receive(sqs, queue, 3)).map(({ Body }) => Body ?? "");
    expect(got.toSorted()).toEqual(["text a", "text b", "text c"]);
  });

  it.each([
    [[], "EmptyBatchRequestException"],
    [["a", "a"], "BatchEntryIdsNotDistinctException"],
    [["a b"], "InvalidBatchEntryIdException"],
    [Array.from({ length: 11 }, (_, index) => `e${index}`), "TooManyEntriesInBatchRequestException"],
  ])("refuses entries with the ids %j", async (ids, name) => {
    const topic = await makeTopic(sns, "batch");
    const entries = ids.map((Id) => ({ Id, Message: "m" }));
    await expect(
      sns.send(new PublishBatchCommand({ TopicArn: topic, PublishBatchRequestEntries: entries })),
    ).rejects.toMatchObject({ name });
  });

  it("refuses entries that are too long together", async () => {
    const topic = await makeTopic(sns, "batch");
    const entries = ["a", "b"].map((Id) => ({ Id, Message: "m".repeat(200_000) }));
    await expect(
      sns.send(new PublishBatchCommand({ TopicArn: topic, PublishBatchRequestEntries: entries })),
    ).rejects.toMatchObject({
      name: "BatchRequestTooLongException",
      message: "The length of all the messages put together is more than the limit.",
    });
  });
});
