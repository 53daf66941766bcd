import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { CreateStreamCommand, ListStreamsCommand, waitUntilStreamExists } from "@aws-sdk/client-kinesis";
import { CreateBucketCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTopicCommand, ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { findTarget, type Target } from "../../cli/targets/index.ts";
import { EmulatorProcess } from "../../conformance/emulator-process.ts";
import { startLocalStack } from "../../e2e/targets/localstack.ts";
import { currentTarget } from "../../e2e/targets/index.ts";
import { kinesisClient } from "../../producer/kinesis-client.ts";
import { check } from "./check.ts";

/** An emulator with a disk of its own. */
interface Restartable extends AsyncDisposable {
  target(): Promise<Target>;
  /** Tidily, as for an update of the machine. */
  restart(): Promise<void>;
}

async function ownLocalStack(): Promise<Restartable> {
  const container = await startLocalStack({ PERSISTENCE: "1", KINESIS_MOCK_PERSIST_INTERVAL: "1s" });
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
  // first, as LocalStack writes streams at intervals, and all else as it comes
  const kinesis = kinesisClient(clientConfig);
  await kinesis.send(new CreateStreamCommand({ StreamName: "kept", ShardCount: 1 }));
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 60, minDelay: 1 }, { StreamName: "kept" });
  await new S3Client(s3Config).send(new CreateBucketCommand({ Bucket: "kept" }));
  await new SNSClient(clientConfig).send(new CreateTopicCommand({ Name: "kept" }));
  await new DynamoDBClient(clientConfig).send(
    new CreateTableCommand({
      TableName: "kept",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "Id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "Id", KeyType: "HASH" }],
    }),
  );
}

async function found({ clientConfig, s3Config }: Target) {
  const { TableNames: tables = [] } = await new DynamoDBClient(clientConfig).send(new ListTablesCommand());
  const { StreamNames: streams = [] } = await kinesisClient(clientConfig).send(new ListStreamsCommand());
  const { Buckets: buckets = [] } = await new S3Client(s3Config).send(new ListBucketsCommand());
  const { Topics: topics = [] } = await new SNSClient(clientConfig).send(new ListTopicsCommand());
  return { tables: tables.length, streams: streams.length, buckets: buckets.length, topics: topics.length };
}

export const restarts = [
  check({
    id: "persistence",
    title: "what is there after a restart on the same disk",
    async look(bench) {
      await using emulator = currentTarget() === "localstack" ? await ownLocalStack() : await ownEmulator();
      await make(await emulator.target());
      await emulator.restart();
      const target = await emulator.target();
      // LocalStack reads its disk when a service is first asked
      return await bench.eventually(
        () => found(target),
        ({ tables, streams }) => tables > 0 && streams > 0,
      );
    },
    aws: { tables: 1, streams: 1, buckets: 1, topics: 1 },
    localstack: { tables: 1, streams: 1, buckets: 0, topics: 0 },
  }),
];
