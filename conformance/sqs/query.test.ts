import { describe, expect, it } from "@jest/globals";
import { authorization, callRaw } from "../raw-request.ts";
import { SqsFixture } from "./fixture.ts";

const aws = new SqsFixture();

/** A call as clients made it before SQS spoke JSON. */
async function form(fields: Record<string, string>, path = "/"): Promise<{ status: number; text: string }> {
  const response = await fetch(aws.target.endpoint + path, {
    method: "POST",
    headers: { authorization: authorization("sqs") },
    body: new URLSearchParams({ Version: "2012-11-05", ...fields }),
  });
  return { status: response.status, text: await response.text() };
}

const member = (text: string, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? "";

describe("query forms", () => {
  describe("serialization", () => {
    it("makes a queue with attributes, sends, receives and deletes, with the queue in the path", async () => {
      const created = await form({
        Action: "CreateQueue",
        QueueName: "forms",
        "Attribute.1.Name": "VisibilityTimeout",
        "Attribute.1.Value": "40",
        "Tag.1.Key": "team",
        "Tag.1.Value": "rivers",
      });
      expect(created.status).toBe(200);
      expect(created.text).toContain(`xmlns="http://queue.amazonaws.com/doc/2012-11-05/"`);
      const path = new URL(member(created.text, "QueueUrl")).pathname;
      const attributes = await form({ Action: "GetQueueAttributes", "AttributeName.1": "VisibilityTimeout" }, path);
      expect(attributes.text).toContain("<Attribute><Name>VisibilityTimeout</Name><Value>40</Value></Attribute>");
      const sent = await form(
        {
          Action: "SendMessage",
          MessageBody: "<hello> & goodbye",
          "MessageAttribute.1.Name": "Hello",
          "MessageAttribute.1.Value.DataType": "String",
          "MessageAttribute.1.Value.StringValue": "There",
          "MessageAttribute.2.Name": "bytes",
          "MessageAttribute.2.Value.DataType": "Binary",
          "MessageAttribute.2.Value.BinaryValue": "AQL/",
        },
        path,
      );
      expect(member(sent.text, "MD5OfMessageAttributes")).toMatch(/^[0-9a-f]{32}$/);
      const received = await form(
        { Action: "ReceiveMessage", "AttributeName.1": "All", "MessageAttributeName.1": "All" },
        path,
      );
      expect(received.text).toContain("<Body>&lt;hello&gt; &amp; goodbye</Body>");
      expect(received.text).toContain("<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>");
      expect(received.text).toContain("<BinaryValue>AQL/</BinaryValue>");
      expect(member(received.text, "MD5OfMessageAttributes")).toBe(member(sent.text, "MD5OfMessageAttributes"));
      const ReceiptHandle = member(received.text, "ReceiptHandle");
      const deleted = await form(
        {
          Action: "DeleteMessageBatch",
          "DeleteMessageBatchRequestEntry.1.Id": "a",
          "DeleteMessageBatchRequestEntry.1.ReceiptHandle": ReceiptHandle,
        },
        path,
      );
      expect(deleted.text).toContain("<DeleteMessageBatchResultEntry><Id>a</Id></DeleteMessageBatchResultEntry>");
      expect((await form({ Action: "ListQueues" })).text).toContain("<QueueUrl>");
    });

    it("answers errors by their old codes", async () => {
      const { status, text } = await form({ Action: "GetQueueUrl", QueueName: "nowhere" });
      expect(status).toBe(400);
      expect(member(text, "Code")).toBe("AWS.SimpleQueueService.NonExistentQueue");
      expect(member(text, "Type")).toBe("Sender");
    });
  });
});

describe("JSON", () => {
  describe("serialization", () => {
    it("tells the old code of an error beside its new one", async () => {
      const body = JSON.stringify({ QueueName: "nowhere" });
      const headers = { "content-type": "application/x-amz-json-1.0" };
      const response = await callRaw(aws.target, "sqs", "AmazonSQS.GetQueueUrl", body, headers);
      expect(response.headers.get("x-amzn-query-error")).toBe("AWS.SimpleQueueService.NonExistentQueue;Sender");
      expect(response.headers.get("content-type")).toBe("application/x-amz-json-1.0");
      expect(await response.json()).toMatchObject({ __type: "com.amazonaws.sqs#QueueDoesNotExist" });
    });

    it("refuses a request without what it must have", async () => {
      const response = await callRaw(aws.target, "sqs", "AmazonSQS.SendMessage", "{}");
      expect(await response.json()).toMatchObject({ message: "The request must contain the parameter QueueUrl." });
    });
  });
});
