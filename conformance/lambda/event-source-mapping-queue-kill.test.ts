import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { CreateEventSourceMappingCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { EmulatorProcess } from "../emulator-process.ts";
import { makeRole } from "../role.ts";
import { eventually } from "../target.ts";
import { zipOf } from "./fixture.ts";

/** Hangs with the first message that says so, the first time; notes the others. */
const HANDLER = `
const { appendFileSync, existsSync, writeFileSync } = require("fs");
exports.handler = async ({ Records: [{ body }] }) => {
  if (body === "hang" && !existsSync(process.env.FOLDER + "/hung")) {
    writeFileSync(process.env.FOLDER + "/hung", "");
    await new Promise((resolve) => setTimeout(resolve, 1e6));
  }
  appendFileSync(process.env.FOLDER + "/done", body + "\\n");
};`;

it("delivers a message again that the function had when the emulator was killed, and those that waited", async () => {
  const directory = mkdtempSync(join(tmpdir(), "headwater-test-"));
  const done = () => (existsSync(join(directory, "done")) ? readFileSync(join(directory, "done"), "utf8") : "");
  let emulator = await EmulatorProcess.start(directory);
  let sqs = new SQSClient(emulator.clientConfig());
  const lambda = new LambdaClient(emulator.clientConfig());
  try {
    const Role = await makeRole(emulator.clientConfig(), "function");
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: "killed",
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role,
        Timeout: 4,
        Code: { ZipFile: zipOf(HANDLER) },
        Environment: { Variables: { FOLDER: directory } },
      }),
    );
    const Attributes = { VisibilityTimeout: "4" };
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "killed", Attributes }));
    const send = (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: "killed",
        EventSourceArn: "arn:aws:sqs:us-east-1:000000000000:killed",
        BatchSize: 1,
      }),
    );
    await send("hang");
    await eventually("the function hangs", async () => (existsSync(join(directory, "hung")) ? true : undefined));
    await send("waits");
    await emulator.kill();
    sqs.destroy();

    emulator = await EmulatorProcess.start(directory);
    sqs = new SQSClient(emulator.clientConfig());
    await send("next");
    await eventually("the messages are done", async () =>
      ["hang", "waits", "next"].every((body) => done().includes(body)) ? true : undefined,
    );
    await eventually("the queue is empty", async () => {
      const { Attributes: counts } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
      );
      const left = Number(counts?.ApproximateNumberOfMessages) + Number(counts?.ApproximateNumberOfMessagesNotVisible);
      return left === 0 ? true : undefined;
    });
    expect(
      done()
        .split("\n")
        .filter((line) => line === "hang"),
    ).toHaveLength(1);
  } finally {
    sqs.destroy();
    lambda.destroy();
    await emulator.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}, 60_000);
