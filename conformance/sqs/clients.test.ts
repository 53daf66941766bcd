import { expect, it } from "@jest/globals";
import { awsEnvironment, describeUnless, runProgram, whyMissing } from "../clients/tools.ts";
import { useTarget } from "../target.ts";

const target = useTarget();
const TEST_MS = 120_000;

const noCli = whyMissing("aws", "--version");
const noBoto3 = whyMissing("python3", "-c", "import boto3");

describeUnless(noCli, "the AWS CLI with SQS")("the AWS CLI", () => {
  const sqs = async (...args: string[]): Promise<Record<string, unknown>> => {
    // version 1 of the CLI does not take the endpoint of SQS from AWS_ENDPOINT_URL
    const command = ["--endpoint-url", target.endpoint, "sqs", ...args, "--output", "json"];
    const output = await runProgram("aws", command, { env: awsEnvironment(target.endpoint) });
    return output.trim() === "" ? {} : (JSON.parse(output) as Record<string, unknown>);
  };

  it(
    "makes a queue, sends, receives and deletes",
    async () => {
      const url = String((await sqs("create-queue", "--queue-name", "cli"))["QueueUrl"]);
      const queue = ["--queue-url", url];
      const attributes = JSON.stringify({ text: { DataType: "String", StringValue: "Grüße" } });
      const sent = await sqs("send-message", ...queue, "--message-body", "Ahoi", "--message-attributes", attributes);
      const { Messages } = (await sqs("receive-message", ...queue, "--message-attribute-names", "All")) as {
        Messages: { Body: string; ReceiptHandle: string; MD5OfMessageAttributes: string }[];
      };
      expect(Messages[0]).toMatchObject({ Body: "Ahoi", MD5OfMessageAttributes: sent["MD5OfMessageAttributes"] });
      await sqs("delete-message", ...queue, "--receipt-handle", Messages[0]?.ReceiptHandle ?? "");
      const counts = await sqs("get-queue-attributes", ...queue, "--attribute-names", "ApproximateNumberOfMessages");
      expect(counts).toEqual({ Attributes: { ApproximateNumberOfMessages: "0" } });
      await sqs("delete-queue", ...queue);
      await expect(sqs("get-queue-url", "--queue-name", "cli")).rejects.toThrow(
        /\(AWS\.SimpleQueueService\.NonExistentQueue\).*The specified queue does not exist\./,
      );
    },
    TEST_MS,
  );
});

/** boto3 checks the MD5 of bodies and attributes itself. */
const BOTO3 = `
import boto3
sqs = boto3.resource("sqs")
queue = sqs.create_queue(QueueName="boto3.fifo", Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"})
failed = queue.send_messages(Entries=[
    {"Id": str(n), "MessageBody": f"body {n}", "MessageGroupId": "g",
     "MessageAttributes": {"n": {"DataType": "Number", "StringValue": str(n)},
                           "raw": {"DataType": "Binary", "BinaryValue": bytes([n, 255])}}}
    for n in range(3)]).get("Failed", [])
assert failed == [], failed
messages = queue.receive_messages(MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"], WaitTimeSeconds=1)
assert [m.body for m in messages] == ["body 0", "body 1", "body 2"], messages
assert messages[2].message_attributes["raw"]["BinaryValue"] == bytes([2, 255])
assert queue.delete_messages(Entries=[{"Id": str(n), "ReceiptHandle": m.receipt_handle} for n, m in enumerate(messages)]).get("Failed", []) == []
client = boto3.client("sqs")
try:
    client.get_queue_url(QueueName="none")
    raise AssertionError("there is no such queue")
except client.exceptions.QueueDoesNotExist as error:
    assert error.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue", error.response
try:
    client.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=11)
    raise AssertionError("eleven are too many")
except client.exceptions.ClientError as error:
    assert error.response["Error"]["Code"] == "InvalidParameterValue", error.response
urls = [url for page in client.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 1}) for url in page.get("QueueUrls", [])]
assert queue.url in urls, urls
queue.delete()
print("ok")
`;

describeUnless(noBoto3, "boto3 with SQS")("boto3", () => {
  it(
    "sends and receives batches of a FIFO queue, and knows errors by their old codes",
    async () => {
      const output = await runProgram("python3", ["-c", BOTO3], { env: awsEnvironment(target.endpoint) });
      expect(output.trim()).toBe("ok");
    },
    TEST_MS,
  );
});
