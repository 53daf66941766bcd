import {
  CreateDeliveryStreamCommand,
  DescribeDeliveryStreamCommand,
  FirehoseClient,
  PutRecordBatchCommand,
} from "@aws-sdk/client-firehose";
import {
  CreateStreamCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  SplitShardCommand,
  waitUntilStreamExists,
} from "@aws-sdk/client-kinesis";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { useDataDirectory } from "../data-directory.ts";
import { EmulatorProcess, untilGone } from "../emulator-process.ts";
import { zipOf } from "../lambda/fixture.ts";
import { eventually, openTarget, type TargetConfig } from "../target.ts";
import { bucketArn, makeRoles, ROLE, transformedBy, type Settings } from "./fixture.ts";

const directory = useDataDirectory();

/** Clients of one emulator after another. */
class Session implements Disposable {
  readonly firehose: FirehoseClient;
  readonly s3: S3Client;
  readonly lambda: LambdaClient;

  constructor(config: TargetConfig) {
    const once = { ...config, maxAttempts: 1 };
    this.firehose = new FirehoseClient(once);
    this.s3 = new S3Client({ ...once, forcePathStyle: true });
    this.lambda = new LambdaClient(once);
  }

  [Symbol.dispose](): void {
    this.firehose.destroy();
    this.s3.destroy();
    this.lambda.destroy();
  }

  async create(name: string, settings: Settings): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket: name }));
    await this.firehose.send(
      new CreateDeliveryStreamCommand({
        DeliveryStreamName: name,
        ExtendedS3DestinationConfiguration: { RoleARN: ROLE, BucketARN: bucketArn(name), ...settings },
      }),
    );
  }

  put(name: string, ...records: string[]) {
    const Records = records.map((record) => ({ Data: Buffer.from(record) }));
    return this.firehose.send(new PutRecordBatchCommand({ DeliveryStreamName: name, Records }));
  }

  /** The objects of a bucket by their keys. What is known of them already is not read again. */
  async texts(bucket: string, known: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> {
    const texts: Record<string, string> = { ...known };
    let ContinuationToken: string | undefined;
    do {
      const page = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken }));
      for (const { Key = "" } of page.Contents ?? []) {
        if (Key in texts) continue;
        const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
        texts[Key] = (await Body?.transformToString()) ?? "";
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return texts;
  }
}

describe("a restart on the same data directory", () => {
  it("goes on with what was buffered, as if there had been no restart", async () => {
    const dataDirectory = directory();
    let startedAt = 0;
    {
      await using target = await openTarget({ manualClock: true, dataDirectory });
      using aws = new Session(target.clientConfig());
      await makeRoles(target.clientConfig());
      await aws.create("kept", { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 } });
      await target.clock.advance(0);
      startedAt = target.clock.now();
      await aws.put("kept", "a", "b");
    }
    await using target = await openTarget({ manualClock: true, dataDirectory });
    using aws = new Session(target.clientConfig());
    await aws.put("kept", "c");
    await target.clock.advance(Math.max(0, startedAt + 60_000 - target.clock.now()));
    const texts = await eventually("the object", async () => {
      const found = Object.values(await aws.texts("kept"));
      return found.length > 0 ? found : undefined;
    });
    expect(texts).toEqual(["abc"]);
  });
});

describe("a restart of a Kinesis source", () => {
  it("reads a shard that was split to its end and then its children, each record once", async () => {
    const dataDirectory = directory();
    const StreamName = "split";
    const KinesisStreamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/split";
    const put = async (config: TargetConfig, ...keys: string[]) => {
      const kinesis = new KinesisClient(config);
      for (const key of keys) {
        await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: key, Data: Buffer.from(`${key};`) }));
      }
      kinesis.destroy();
    };
    {
      await using target = await openTarget({ dataDirectory });
      const config = target.clientConfig();
      using aws = new Session(config);
      const kinesis = new KinesisClient(config);
      await makeRoles(config);
      await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
      await waitUntilStreamExists({ client: kinesis, maxWaitTime: 20 }, { StreamName });
      await aws.s3.send(new CreateBucketCommand({ Bucket: "reads" }));
      await aws.firehose.send(
        new CreateDeliveryStreamCommand({
          DeliveryStreamName: "reads",
          DeliveryStreamType: "KinesisStreamAsSource",
          KinesisStreamSourceConfiguration: { KinesisStreamARN, RoleARN: ROLE },
          ExtendedS3DestinationConfiguration: {
            RoleARN: ROLE,
            BucketARN: bucketArn("reads"),
            BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 0 },
          },
        }),
      );
      await put(config, "1", "2", "3");
      await eventually("the first records", async () =>
        numbersOf(await aws.texts("reads")).length === 3 ? true : undefined,
      );
      const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }));
      const NewStartingHashKey = (2n ** 127n).toString();
      await put(config, "4", "5");
      await kinesis.send(new SplitShardCommand({ StreamName, ShardToSplit: Shards[0]?.ShardId, NewStartingHashKey }));
      await waitUntilStreamExists({ client: kinesis, maxWaitTime: 20 }, { StreamName });
      await put(config, "6", "7", "8", "9");
      kinesis.destroy();
    }
    await using target = await openTarget({ dataDirectory });
    using aws = new Session(target.clientConfig());
    await put(target.clientConfig(), "10", "11");
    const wanted = Array.from({ length: 11 }, (_, index) => `${index + 1};`);
    const numbers = await eventually("all records", async () => {
      const found = numbersOf(await aws.texts("reads"));
      return found.length >= wanted.length ? found : undefined;
    });
    expect(numbers.toSorted()).toEqual(wanted.toSorted());
  }, 60_000);
});

const numbersOf = (texts: Readonly<Record<string, string>>): string[] =>
  Object.values(texts).join("").match(/\d+;/g) ?? [];

describe("kill -9 in the middle of puts and deliveries", () => {
  it("loses nothing that was acknowledged and doubles nothing, with and without a function", async () => {
    const dataDirectory = directory();
    const acknowledged: string[] = [];
    let number = 0;
    let emulator = await EmulatorProcess.start(dataDirectory);
    try {
      {
        using aws = new Session(emulator.clientConfig());
        await makeRoles(emulator.clientConfig());
        await aws.lambda.send(
          new CreateFunctionCommand({
            FunctionName: "same",
            Runtime: "nodejs20.x",
            Handler: "index.handler",
            Role: "arn:aws:iam::000000000000:role/function",
            Code: {
              ZipFile: zipOf(
                `exports.handler = async ({ records }) => ({ records: records.map((r) => ({ ...r, result: "Ok" })) });`,
              ),
            },
          }),
        );
        const BufferingHints = { SizeInMBs: 1, IntervalInSeconds: 0 };
        await aws.create("raw", { BufferingHints });
        await aws.create("same", {
          BufferingHints,
          ProcessingConfiguration: { Enabled: true, Processors: [transformedBy("same")] },
        });
        await eventually("both to be ACTIVE", async () => {
          const answers = await Promise.all(
            ["raw", "same"].map((DeliveryStreamName) =>
              aws.firehose.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName })),
            ),
          );
          const isActive = answers.every((a) => a.DeliveryStreamDescription?.DeliveryStreamStatus === "ACTIVE");
          return isActive ? true : undefined;
        });
      }
      for (let kill = 0; kill < 4; kill++) {
        using aws = new Session(emulator.clientConfig());
        const writing = untilGone(async () => {
          const records = Array.from({ length: 20 }, () => `${++number};`);
          await Promise.all(["raw", "same"].map((name) => aws.put(name, ...records)));
          acknowledged.push(...records);
        });
        const before = acknowledged.length;
        await eventually("some puts", async () => (acknowledged.length > before + 200 ? true : undefined));
        await emulator.kill();
        await writing;
        emulator = await EmulatorProcess.start(dataDirectory);
      }
      using aws = new Session(emulator.clientConfig());
      for (const bucket of ["raw", "same"]) {
        let texts: Record<string, string> = {};
        await eventually(
          `everything in ${bucket}`,
          async () => {
            texts = await aws.texts(bucket, texts);
            const present = new Set(numbersOf(texts));
            return acknowledged.every((record) => present.has(record)) ? true : undefined;
          },
          60_000,
        );
        const numbers = numbersOf(await aws.texts(bucket));
        expect(numbers.length).toBe(new Set(numbers).size);
      }
    } finally {
      await emulator.kill();
    }
  }, 240_000);
});
