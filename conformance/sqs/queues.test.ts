import { describe, expect, it } from "@jest/globals";
import {
  AddPermissionCommand,
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  RemovePermissionCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import { arnOf, SqsFixture } from "./fixture.ts";

const aws = new SqsFixture({ manualClock: true });

describe("CreateQueue", () => {
  describe("validation", () => {
    it.each([
      ["a space in the name", { QueueName: "a b" }, "Can only include alphanumeric characters"],
      ["a FIFO name without the attribute", { QueueName: "a.fifo" }, "Can only include alphanumeric characters"],
      ["a FIFO queue without the suffix", { QueueName: "a", Attributes: { FifoQueue: "true" } }, "must end with .fifo"],
      ["FifoQueue false", { QueueName: "a", Attributes: { FifoQueue: "false" } }, "Unknown Attribute FifoQueue."],
      [
        "an attribute of FIFO queues on a standard one",
        { QueueName: "a", Attributes: { ContentBasedDeduplication: "true" } },
        "Unknown Attribute ContentBasedDeduplication.",
      ],
      [
        "a visibility timeout of more than 12 hours",
        { QueueName: "a", Attributes: { VisibilityTimeout: "43201" } },
        "Invalid value for the parameter VisibilityTimeout.",
      ],
      [
        "messages of more than a mebibyte",
        { QueueName: "a", Attributes: { MaximumMessageSize: "1048577" } },
        "Invalid value for the parameter MaximumMessageSize.",
      ],
      [
        "a policy that is none",
        { QueueName: "a", Attributes: { Policy: "{}" } },
        "Invalid value for the parameter Policy.",
      ],
      [
        "a policy with a condition that there is none of",
        {
          QueueName: "a",
          Attributes: {
            Policy: JSON.stringify({
              Statement: {
                Effect: "Allow",
                Principal: "*",
                Action: "sqs:*",
                Condition: { ArnEqual: { "aws:SourceArn": "*" } },
              },
            }),
          },
        },
        "Invalid value for the parameter Policy.",
      ],
      [
        "a policy that names nobody",
        { QueueName: "a", Attributes: { Policy: '{"Statement":{"Effect":"Allow","Action":"sqs:*"}}' } },
        "Invalid value for the parameter Policy.",
      ],
      [
        "a dead-letter queue that does not exist",
        {
          QueueName: "a",
          Attributes: {
            RedrivePolicy: `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:none","maxReceiveCount":1}`,
          },
        },
        "for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.",
      ],
      [
        "a redrive policy without a count",
        { QueueName: "a", Attributes: { RedrivePolicy: `{"deadLetterTargetArn":"dummy"}` } },
        "Redrive policy does not contain mandatory attribute: maxReceiveCount.",
      ],
    ])("refuses %s", async (_case, input, message) => {
      await expect(aws.sqs.send(new CreateQueueCommand(input))).rejects.toThrow(message);
    });

    it("refuses a KMS key of the customer by name", async () => {
      const input = { QueueName: "keyed", Attributes: { KmsMasterKeyId: "alias/mine" } };
      await expect(aws.sqs.send(new CreateQueueCommand(input))).rejects.toThrow("is not supported by Headwater");
    });
  });

  describe("behaviour", () => {
    it("answers a URL of the endpoint, account and name, and AWS's defaults", async () => {
      const url = await aws.queue("defaults");
      expect(url).toBe(`${aws.target.endpoint}/000000000000/defaults`);
      const now = String(Math.floor(aws.target.clock.now() / 1000));
      expect(await aws.attributes(url)).toEqual({
        ApproximateNumberOfMessages: "0",
        ApproximateNumberOfMessagesDelayed: "0",
        ApproximateNumberOfMessagesNotVisible: "0",
        CreatedTimestamp: now,
        DelaySeconds: "0",
        LastModifiedTimestamp: now,
        MaximumMessageSize: "1048576",
        MessageRetentionPeriod: "345600",
        QueueArn: "arn:aws:sqs:us-east-1:000000000000:defaults",
        ReceiveMessageWaitTimeSeconds: "0",
        SqsManagedSseEnabled: "true",
        VisibilityTimeout: "30",
      });
    });

    it("answers a queue that is there with the same attributes again, and refuses other values", async () => {
      const url = await aws.queue("same", { DelaySeconds: "5" });
      expect(await aws.queue("same", { DelaySeconds: "5" })).toBe(url);
      expect(await aws.queue("same")).toBe(url);
      await expect(aws.queue("same", { DelaySeconds: "6" })).rejects.toMatchObject({
        name: "QueueNameExists",
        message: "A queue already exists with the same name and a different value for attribute DelaySeconds",
      });
    });

    it.each(["http://nowhere", "https://sqs.us-east-1.amazonaws.com/", "no queue"])(
      "does not find the queue of the URL %s",
      async (QueueUrl) => {
        await expect(aws.sqs.send(new DeleteQueueCommand({ QueueUrl }))).rejects.toMatchObject({
          name: "QueueDoesNotExist",
          message: "The specified queue does not exist.",
        });
      },
    );

    it("refuses the name of a queue that was deleted less than a minute ago", async () => {
      const url = await aws.queue("rests");
      await aws.sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
      await expect(aws.sqs.send(new GetQueueUrlCommand({ QueueName: "rests" }))).rejects.toMatchObject({
        name: "QueueDoesNotExist",
      });
      await expect(aws.queue("rests")).rejects.toMatchObject({ name: "QueueDeletedRecently" });
      await aws.target.clock.advance(60_000);
      expect(await aws.queue("rests")).toBe(url);
    });
  });
});

describe("SetQueueAttributes", () => {
  describe("validation", () => {
    it("takes one kind of encryption only", async () => {
      const QueueUrl = await aws.queue("two-kinds");
      const Attributes = { SqsManagedSseEnabled: "true", KmsMasterKeyId: "alias/aws/sqs" };
      await expect(aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))).rejects.toThrow(
        "You can use one type of server-side encryption (SSE) at one time.",
      );
    });
  });

  describe("behaviour", () => {
    it("changes what it names, in SQS's own form, and takes back what is empty", async () => {
      const target = await aws.queue("letters");
      const QueueUrl = await aws.queue("changed", { VisibilityTimeout: "20" });
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(target), maxReceiveCount: "3" });
      const first = { RedrivePolicy, DelaySeconds: "7", KmsMasterKeyId: "alias/aws/sqs" };
      await aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: first }));
      expect(await aws.attributes(QueueUrl)).toMatchObject({
        DelaySeconds: "7",
        KmsDataKeyReusePeriodSeconds: "300",
        KmsMasterKeyId: "alias/aws/sqs",
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(target), maxReceiveCount: 3 }),
        SqsManagedSseEnabled: "false",
        VisibilityTimeout: "20",
      });
      await aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy: "" } }));
      expect(await aws.attributes(QueueUrl, "RedrivePolicy")).toEqual({});
    });
  });
});

describe("ListQueues", () => {
  describe("behaviour", () => {
    it("lists by prefix, in pages where asked for", async () => {
      for (const name of ["list-a", "list-b", "list-c", "lisa"]) await aws.queue(name);
      const names = (urls: string[] = []) => urls.map((url) => url.split("/").at(-1));
      const all = await aws.sqs.send(new ListQueuesCommand({ QueueNamePrefix: "list-" }));
      expect(names(all.QueueUrls)).toEqual(["list-a", "list-b", "list-c"]);
      const first = await aws.sqs.send(new ListQueuesCommand({ QueueNamePrefix: "list-", MaxResults: 2 }));
      const { NextToken = "" } = first;
      const rest = await aws.sqs.send(new ListQueuesCommand({ QueueNamePrefix: "list-", MaxResults: 2, NextToken }));
      expect([names(first.QueueUrls), names(rest.QueueUrls), rest.NextToken]).toEqual([
        ["list-a", "list-b"],
        ["list-c"],
        undefined,
      ]);
      expect(await aws.sqs.send(new ListQueuesCommand({ QueueNamePrefix: "none" }))).not.toHaveProperty("QueueUrls");
    });
  });
});

describe("PurgeQueue", () => {
  describe("behaviour", () => {
    it("removes every message, and not twice in a minute", async () => {
      const QueueUrl = await aws.queue("purged");
      for (const body of ["a", "b", "c"]) await aws.send(QueueUrl, body);
      await aws.send(QueueUrl, "d", { DelaySeconds: 5 });
      await aws.receive(QueueUrl, { MaxNumberOfMessages: 1 });
      expect(await aws.counts(QueueUrl)).toEqual([2, 1, 1]);
      await aws.sqs.send(new PurgeQueueCommand({ QueueUrl }));
      expect(await aws.counts(QueueUrl)).toEqual([0, 0, 0]);
      await expect(aws.sqs.send(new PurgeQueueCommand({ QueueUrl }))).rejects.toMatchObject({
        name: "PurgeQueueInProgress",
        message: "Only one PurgeQueue operation on purged is allowed every 60 seconds.",
      });
      await aws.target.clock.advance(60_000);
      await aws.sqs.send(new PurgeQueueCommand({ QueueUrl }));
    });
  });
});

describe("TagQueue", () => {
  describe("behaviour", () => {
    it("adds and replaces, UntagQueue removes", async () => {
      const QueueUrl = await aws.queue("tagged");
      await aws.sqs.send(new TagQueueCommand({ QueueUrl, Tags: { a: "1", b: "2" } }));
      await aws.sqs.send(new TagQueueCommand({ QueueUrl, Tags: { b: "3" } }));
      await aws.sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ["a", "none"] }));
      expect((await aws.sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ b: "3" });
    });
  });
});

describe("AddPermission", () => {
  const add = (QueueUrl: string, Label: string, AWSAccountIds: string[], Actions: string[]) =>
    aws.sqs.send(new AddPermissionCommand({ QueueUrl, Label, AWSAccountIds, Actions }));

  describe("validation", () => {
    it("refuses more than seven actions, an owner's action, and a label that is there", async () => {
      const url = await aws.queue("permission-checks");
      const many = Array.from({ length: 8 }, () => "SendMessage");
      await expect(add(url, "x", ["111111111111"], many)).rejects.toMatchObject({ name: "OverLimit" });
      await expect(add(url, "x", ["111111111111"], ["DeleteQueue"])).rejects.toThrow(
        "Value SQS:DeleteQueue for parameter ActionName is invalid. Reason: Only the queue owner is allowed to invoke this action.",
      );
      await add(url, "x", ["111111111111"], ["SendMessage"]);
      await expect(add(url, "x", ["111111111111"], ["SendMessage"])).rejects.toThrow("Already exists.");
    });
  });

  describe("behaviour", () => {
    it("adds a statement to the policy, RemovePermission takes it away", async () => {
      const url = await aws.queue("shared");
      await add(url, "them", ["111111111111", "222222222222"], ["ReceiveMessage"]);
      const { Policy = "" } = await aws.attributes(url, "Policy");
      expect(JSON.parse(Policy)).toEqual({
        Version: "2008-10-17",
        Id: `${arnOf(url)}/SQSDefaultPolicy`,
        Statement: [
          {
            Sid: "them",
            Effect: "Allow",
            Principal: { AWS: ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"] },
            Action: "SQS:ReceiveMessage",
            Resource: arnOf(url),
          },
        ],
      });
      await aws.sqs.send(new RemovePermissionCommand({ QueueUrl: url, Label: "them" }));
      expect(await aws.attributes(url, "Policy")).toEqual({});
    });
  });
});
