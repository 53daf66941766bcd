import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, ListQueuesCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ManualClock, startEmulator, type RunningEmulator } from "../../emulator/index.ts";

describe("reset of an emulator", () => {
  it("leaves nothing of any service, and answers at the same endpoint, over the connections that are open", async () => {
    await using aws = await startEmulator({ port: 0, logLevel: "error" });
    await using clients = clientsOf(aws);
    await fill(clients);
    await aws.reset();
    expect(await listed(clients)).toEqual({ buckets: [], queues: [] });
    await fill(clients);
    expect(await listed(clients)).toEqual({ buckets: ["things"], queues: [`${aws.endpoint}/000000000000/orders`] });
  });

  it("removes the folder of the ephemeral data of before", async () => {
    await using aws = await startEmulator({ port: 0, logLevel: "error" });
    const before = aws.dataDirectory;
    await aws.reset();
    expect(existsSync(before)).toBe(false);
    expect(existsSync(aws.dataDirectory)).toBe(true);
    await aws.stop();
    expect(existsSync(aws.dataDirectory)).toBe(false);
  });

  it("empties a data directory of what the emulator put there, and keeps it for the emulator", async () => {
    const directory = mkdtempSync(join(tmpdir(), "headwater-reset-"));
    try {
      writeFileSync(join(directory, "notes.txt"), "not the emulator's");
      await using aws = await startEmulator({ port: 0, logLevel: "error", dataDirectory: directory });
      await using clients = clientsOf(aws);
      await fill(clients);
      const before = readdirSync(directory).toSorted();
      await aws.reset();
      expect(await listed(clients)).toEqual({ buckets: [], queues: [] });
      expect(readdirSync(directory).toSorted()).toEqual(before);
      await expect(startEmulator({ port: 0, dataDirectory: directory })).rejects.toMatchObject({
        name: "DataDirectoryInUse",
      });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it("cuts off a long poll, which then sees the emulator as it is after the reset", async () => {
    await using aws = await startEmulator({ port: 0, logLevel: "error" });
    await using clients = clientsOf(aws);
    const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: "orders" }));
    const polling = clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    const outcome = polling.then(
      () => "answered",
      (error: Error) => error.name,
    );
    // another call of the same client is answered while the poll waits
    await clients.sqs.send(new ListQueuesCommand());
    await aws.reset();
    expect(await outcome).toBe("QueueDoesNotExist");
  });

  it("forgets what was to come due on a clock that a test steps, and keeps its time", async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    await using aws = await startEmulator({ port: 0, logLevel: "error", clock });
    await using clients = clientsOf(aws);
    await clock.advance(3_600_000);
    await fill(clients);
    await aws.reset();
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1, 1));
    await clock.advance(3_600_000);
    expect(await listed(clients)).toEqual({ buckets: [], queues: [] });
  });

  it("is one reset when it is asked for twice, and lets calls that come meanwhile wait", async () => {
    await using aws = await startEmulator({ port: 0, logLevel: "error" });
    await using clients = clientsOf(aws);
    await fill(clients);
    const resets = Promise.all([aws.reset(), aws.reset()]);
    const { Buckets = [] } = await clients.s3.send(new ListBucketsCommand());
    await resets;
    expect(Buckets).toEqual([]);
  });

  it("can be followed by a stop at once", async () => {
    const aws = await startEmulator({ port: 0, logLevel: "error" });
    await Promise.all([aws.reset(), aws.stop()]);
    expect(existsSync(aws.dataDirectory)).toBe(false);
    await expect(fetch(aws.endpoint)).rejects.toThrow("fetch failed");
  });
});

interface Clients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
}

function clientsOf(aws: RunningEmulator): Clients & AsyncDisposable {
  const s3 = new S3Client({ ...aws.clientConfig(), forcePathStyle: true });
  const sqs = new SQSClient(aws.clientConfig());
  return { s3, sqs, [Symbol.asyncDispose]: async () => [s3, sqs].forEach((client) => client.destroy()) };
}

/** A bucket with a body that is a blob, and a queue. */
async function fill({ s3, sqs }: Clients): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: "things" }));
  await s3.send(new PutObjectCommand({ Bucket: "things", Key: "large", Body: Buffer.alloc(100_000) }));
  await sqs.send(new CreateQueueCommand({ QueueName: "orders" }));
}

async function listed({ s3, sqs }: Clients): Promise<{ buckets: unknown[]; queues: unknown[] }> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand());
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand());
  return { buckets: Buckets.map(({ Name }) => Name), queues: QueueUrls };
}
