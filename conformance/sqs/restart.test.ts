import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { EmulatorProcess } from "../emulator-process.ts";

describe("kill -9", () => {
  it.each(["process", "power"])(
    "loses no message that was acknowledged, brings none back that was deleted, and keeps what is in flight, with durability %s",
    async (durability) => {
      const directory = mkdtempSync(join(tmpdir(), "headwater-test-"));
      const start = () => EmulatorProcess.start(directory, "--durability", durability);
      let emulator = await start();
      const client = () => new SQSClient(emulator.clientConfig());
      try {
        let sqs = client();
        const { QueueUrl } = await sqs.send(
          new CreateQueueCommand({
            QueueName: "kept.fifo",
            Attributes: { FifoQueue: "true", VisibilityTimeout: "600" },
          }),
        );
        const send = (body: string) =>
          sqs.send(
            new SendMessageCommand({
              QueueUrl,
              MessageBody: body,
              MessageGroupId: body[0],
              MessageDeduplicationId: body,
            }),
          );
        for (const body of ["a1", "a2", "b1", "c1"]) await send(body);
        const receive = async (most = 1) => {
          const input = { QueueUrl, MaxNumberOfMessages: most, WaitTimeSeconds: 1 };
          return (await sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
        };
        const [a1] = await receive();
        const [b1] = await receive();
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: b1?.ReceiptHandle }));
        sqs.destroy();
        await emulator.kill();

        emulator = await start();
        sqs = client();
        await send("c1"); // a duplicate still
        expect((await receive(10)).map(({ Body }) => Body)).toEqual(["c1"]);
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: a1?.ReceiptHandle }));
        expect((await receive(10)).map(({ Body }) => Body)).toEqual(["a2"]);
        sqs.destroy();
      } finally {
        await emulator.kill();
        rmSync(directory, { recursive: true, force: true });
      }
    },
    60_000,
  );
});
