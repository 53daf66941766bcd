import {
  CreateDeliveryStreamCommand,
  DescribeDeliveryStreamCommand,
  FirehoseClient,
  PutRecordBatchCommand,
  type ExtendedS3DestinationConfiguration,
  type Processor,
} from "@aws-sdk/client-firehose";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
  type GetObjectCommandOutput,
} from "@aws-sdk/client-s3";
import { zipOf } from "../lambda/fixture.ts";
import { makeRole } from "../role.ts";
import { eventually, useClient, useTarget, type Target, type TargetConfig } from "../target.ts";

export const ROLE = "arn:aws:iam::000000000000:role/delivery";
const FUNCTION_ROLE = "arn:aws:iam::000000000000:role/function";

export const streamArn = (name: string): string => `arn:aws:firehose:us-east-1:000000000000:deliverystream/${name}`;
export const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
export const bucketArn = (name: string): string => `arn:aws:s3:::${name}`;

export type Settings = Partial<ExtendedS3DestinationConfiguration>;

/** A Lambda processor that is invoked as soon as a record is there. */
export const transformedBy = (name: string, ...parameters: [name: string, value: string][]): Processor => ({
  Type: "Lambda",
  Parameters: [
    ["LambdaArn", functionArn(name)],
    ["BufferSizeInMBs", "1"],
    ["BufferIntervalInSeconds", "0"],
    ...parameters,
  ].map(([ParameterName, ParameterValue]) => ({ ParameterName, ParameterValue }) as never),
});

export const makeRoles = async (config: TargetConfig): Promise<void> => {
  await makeRole(config, "delivery", { service: "firehose.amazonaws.com" });
  await makeRole(config, "function");
};

/** Delivery streams on one target whose time stands still. Each test has a stream and a bucket of its own name. */
export class FirehoseFixture {
  readonly target: Target;
  readonly firehose: FirehoseClient;
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  readonly kinesis: KinesisClient;
  readonly logs: CloudWatchLogsClient;

  /** For the tests of this file. */
  constructor() {
    this.target = useTarget({ manualClock: true });
    const config = { ...this.target.clientConfig(), maxAttempts: 1 };
    this.firehose = useClient(new FirehoseClient(config));
    this.s3 = useClient(new S3Client({ ...config, forcePathStyle: true }));
    this.lambda = useClient(new LambdaClient(config));
    this.kinesis = useClient(new KinesisClient(config));
    this.logs = useClient(new CloudWatchLogsClient(config));
    beforeAll(() => makeRoles(this.target.clientConfig()));
  }

  bucket(name: string) {
    return this.s3.send(new CreateBucketCommand({ Bucket: name }));
  }

  function(name: string, source: string) {
    return this.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: "nodejs20.x",
        Handler: "index.handler",
        Role: FUNCTION_ROLE,
        Code: { ZipFile: zipOf(source) },
        Timeout: 60,
      }),
    );
  }

  /** A stream to the bucket of its name, which is made as well. */
  async stream(name: string, settings: Settings = {}, input: Record<string, unknown> = {}): Promise<void> {
    await this.bucket(name);
    await this.create(name, settings, input);
  }

  async create(name: string, settings: Settings = {}, input: Record<string, unknown> = {}): Promise<void> {
    await this.firehose.send(
      new CreateDeliveryStreamCommand({
        DeliveryStreamName: name,
        ExtendedS3DestinationConfiguration: { RoleARN: ROLE, BucketARN: bucketArn(name), ...settings },
        ...input,
      }),
    );
    await this.target.clock.advance(0);
  }

  describe(name: string) {
    return this.firehose
      .send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: name }))
      .then((answer) => answer.DeliveryStreamDescription);
  }

  put(name: string, ...records: (string | Uint8Array)[]) {
    return this.firehose.send(
      new PutRecordBatchCommand({
        DeliveryStreamName: name,
        Records: records.map((record) => ({ Data: typeof record === "string" ? Buffer.from(record) : record })),
      }),
    );
  }

  async keys(bucket: string): Promise<string[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.map(({ Key = "" }) => Key);
  }

  get(bucket: string, key: string): Promise<GetObjectCommandOutput> {
    return this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  }

  async text(bucket: string, key: string): Promise<string> {
    return (await (await this.get(bucket, key)).Body?.transformToString()) ?? "";
  }

  /** The objects of a bucket by key, as soon as there are `count` of them. */
  async objects(bucket: string, count: number): Promise<Record<string, string>> {
    const keys = await eventually(`${count} objects in ${bucket}`, async () => {
      const found = await this.keys(bucket);
      return found.length >= count ? found : undefined;
    });
    return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await this.text(bucket, key)])));
  }

  /** The only object of a bucket. */
  async object(bucket: string): Promise<{ key: string; text: string }> {
    const [[key, text] = ["", ""], ...others] = Object.entries(await this.objects(bucket, 1));
    expect(others).toEqual([]);
    return { key, text };
  }
}

/** The name and the message of what a call fails with. */
export const failure = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "it did not fail",
    (error: Error) => `${error.name}: ${error.message}`,
  );
