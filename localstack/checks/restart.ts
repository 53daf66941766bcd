import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTopicCommand, ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { findTarget, type Target } from "../../cli/targets/index.ts";
import { EmulatorProcess } from "../../conformance/emulator-process.ts";
import { startLocalStack } from "../../e2e/targets/localstack.ts";
import { currentTarget } from "../../e2e/targets/index.ts";
import { check } from "./check.ts";

/** An emulator with a disk of its own. */
interface Restartable extends AsyncDisposable {
  target(): Promise<Target>;
  /** Tidily, as for an update of the machine. */
  restart(): Promise<void>;
}

async function ownLocalStack(): Promise<Restartable> {
  const container = await startLocalStack({ PERSISTENCE: "1" });
  return {
    target: () => findTarget({ target: "localstack", endpoint: container.getConnectionUri() }),
    // in milliseconds: it is to write what it keeps
    restart: () => container.restart({ timeout: 10_000 }),
    [Symbol.asyncDispose]: async () => void (await container.stop()),
  };
}

async function ownEmulator(): Promise<Restartable> {
  const directory = mkdtempSync(join(tmpdir(), "headwater-limits-"));
  let emulator = await EmulatorProcess.start(directory);
  return {
    target: () => findTarget({ target: "embedded", endpoint: emulator.endpoint }),
    async restart() {
      await emulator.kill();
      emulator = await EmulatorProcess.start(directory);
    },
    async [Symbol.asyncDispose]() {
      await emulator.kill();
      rmSync(directory, { recursive: true });
    },
  };
}

async function make({ clientConfig, s3Config }: Target): Promise<void> {
  await new S3Client(s3Config).send(new CreateBucketCommand({ Bucket: "kept" }));
  await new SNSClient(clientConfig).send(new CreateTopicCommand({ Name: "kept" }));
}

async function found({ clientConfig, s3Config }: Target) {
  const { Buckets: buckets = [] } = await new S3Client(s3Config).send(new ListBucketsCommand());
  const { Topics: topics = [] } = await new SNSClient(clientConfig).send(new ListTopicsCommand());
  return { buckets: buckets.length, topics: topics.length };
}

export const restarts = [
  check({
    id: "persistence",
    title: "what is there after a restart on the same disk",
    async look() {
      await using emulator = currentTarget() === "localstack" ? await ownLocalStack() : await ownEmulator();
      await make(await emulator.target());
      await emulator.restart();
      return await found(await emulator.target());
    },
    aws: { buckets: 1, topics: 1 },
    localstack: { buckets: 0, topics: 0 },
  }),
];
