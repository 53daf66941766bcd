import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
} from "@aws-sdk/client-kinesis";
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  CreateFunctionCommand,
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { KinesisStreamEvent } from "aws-lambda";
import { eventually, openTarget, type Target, type TargetOptions, useTarget } from "../target.ts";
import { makeRole } from "../role.ts";
import { ROLE, zipOf } from "./fixture.ts";

/** An event of any source. */
export interface SourceEvent {
  readonly Records: readonly {
    readonly kinesis?: { readonly sequenceNumber: string };
    readonly dynamodb?: { readonly SequenceNumber?: string };
    readonly messageId?: string;
  }[];
}

/** What the function does with an event: return a value, or throw. */
export type Behaviour<E extends SourceEvent = KinesisStreamEvent> = (
  event: E,
) => { result?: unknown; error?: string } | undefined;

/** A function that hands each event to the test over HTTP, and does what the test answers. */
export const COLLECTED_HANDLER = `
exports.handler = async (event) => {
  const response = await fetch(process.env.COLLECTOR, { method: "POST", body: JSON.stringify(event) });
  const answer = await response.json();
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer.result;
};`;

/** A function and its events. */
export interface Consumer<E extends SourceEvent = KinesisStreamEvent> {
  readonly functionName: string;
  readonly events: E[];
  /** The sequence numbers, or ids of messages, of each event that the function did not fail with. */
  readonly delivered: () => string[];
  readonly behave: (behaviour: Behaviour<E>) => void;
}

/** One emulator whose time the test steps, with clients and shorthands for streams, functions and mappings. */
export class MappingFixture implements AsyncDisposable {
  readonly target: Target;
  readonly kinesis: KinesisClient;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
  readonly #closeTarget: () => PromiseLike<void>;
  readonly #collector: Server = createServer();
  readonly #behaviours = new Map<string, (text: string) => object>();

  private constructor(target: Target, closeTarget: () => PromiseLike<void>) {
    this.target = target;
    this.#closeTarget = closeTarget;
    this.kinesis = new KinesisClient(target.clientConfig());
    this.lambda = new LambdaClient(target.clientConfig());
    this.s3 = new S3Client({ ...target.clientConfig(), forcePathStyle: true });
    this.#collector.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        response.end(JSON.stringify(this.#behaviours.get(String(request.url).slice(1))?.(text) ?? {}));
      });
    });
  }

  static async open(options: TargetOptions = {}): Promise<MappingFixture> {
    const target = await openTarget({ ...options, manualClock: true });
    const fixture = new MappingFixture(target, () => target[Symbol.asyncDispose]());
    await fixture.#begin();
    return fixture;
  }

  /** The fixture of the tests of this file or `describe`: it opens before them and closes behind them. */
  static use(): MappingFixture {
    // the target closes itself
    const fixture = new MappingFixture(useTarget({ manualClock: true }), () => Promise.resolve());
    beforeAll(() => fixture.#begin());
    afterAll(() => fixture[Symbol.asyncDispose]());
    return fixture;
  }

  async #begin(): Promise<void> {
    await new Promise<void>((resolve) => this.#collector.listen(0, "127.0.0.1", resolve));
    await makeRole(this.target.clientConfig(), "function");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kinesis.destroy();
    this.lambda.destroy();
    this.s3.destroy();
    await this.#closeTarget();
    this.#collector.closeAllConnections();
    await new Promise((resolve) => this.#collector.close(resolve));
  }

  /** Steps the time until `probe` has a value. */
  stepUntil<T>(what: string, probe: () => Promise<T | undefined> | T | undefined, stepMs = 50): Promise<T> {
    return eventually(what, async () => {
      const value = await probe();
      if (value === undefined) await this.target.clock.advance(stepMs);
      return value;
    });
  }

  /** @returns the stream's ARN */
  async stream(name: string, shardCount = 1): Promise<string> {
    await this.kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: shardCount }));
    return this.stepUntil(`stream ${name} is active`, async () => {
      const { StreamDescriptionSummary } = await this.kinesis.send(
        new DescribeStreamSummaryCommand({ StreamName: name }),
      );
      return StreamDescriptionSummary?.StreamStatus === "ACTIVE" ? StreamDescriptionSummary.StreamARN : undefined;
    });
  }

  async consumer<E extends SourceEvent = KinesisStreamEvent>(functionName: string): Promise<Consumer<E>> {
    const create = new CreateFunctionCommand({
      FunctionName: functionName,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: ROLE,
      Timeout: 60,
      Code: { ZipFile: zipOf(COLLECTED_HANDLER) },
      Environment: { Variables: { COLLECTOR: this.collectorUrl(functionName) } },
    });
    await this.lambda.send(create);
    await this.stepUntil(`function ${functionName} is active`, async () => {
      const { State } = await this.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
      return State === "Active" ? true : undefined;
    });
    return this.listen<E>(functionName);
  }

  /** Where a function sends its events. */
  collectorUrl(functionName: string): string {
    const { port } = this.#collector.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${functionName}`;
  }

  /** Takes the events of a function from now on. */
  listen<E extends SourceEvent = KinesisStreamEvent>(functionName: string): Consumer<E> {
    const events: E[] = [];
    const delivered: string[] = [];
    let behaviour: Behaviour<E> = () => undefined;
    this.#behaviours.set(functionName, (text) => {
      const event = JSON.parse(text) as E;
      events.push(event);
      const answer = behaviour(event) ?? {};
      if (answer.error === undefined) delivered.push(...event.Records.map(idOf));
      return answer;
    });
    return { functionName, events, delivered: () => delivered, behave: (next) => void (behaviour = next) };
  }

  /** A stream and a function of one name. */
  async streamAndConsumer(name: string, shardCount = 1) {
    const EventSourceArn = await this.stream(name, shardCount);
    const consumer = await this.consumer(name);
    const whenDelivered = (count: number) =>
      this.stepUntil(`${count} records are delivered`, () => (consumer.delivered().length >= count ? true : undefined));
    return { ...consumer, whenDelivered, names: { FunctionName: name, EventSourceArn } };
  }

  /** Creates a mapping from TRIM_HORIZON unless said, and waits until it is enabled. */
  async mapping(
    input: Omit<CreateEventSourceMappingCommandInput, "FunctionName" | "EventSourceArn"> & {
      readonly FunctionName: string;
      readonly EventSourceArn: string;
    },
  ): Promise<string> {
    const created = await this.lambda.send(
      new CreateEventSourceMappingCommand({ StartingPosition: "TRIM_HORIZON", ...input }),
    );
    const uuid = created.UUID ?? "";
    await this.state(uuid, input.Enabled === false ? "Disabled" : "Enabled");
    return uuid;
  }

  async describe(uuid: string): Promise<EventSourceMappingConfiguration> {
    return this.lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }));
  }

  async state(uuid: string, state: string): Promise<void> {
    await this.stepUntil(
      `mapping is ${state}`,
      async () => ((await this.describe(uuid)).State === state ? true : undefined),
      0,
    );
  }

  async result(uuid: string, result: string): Promise<void> {
    await this.stepUntil(`mapping's result is ${result}`, async () =>
      (await this.describe(uuid)).LastProcessingResult?.startsWith(result) ? true : undefined,
    );
  }

  /** @returns the sequence numbers, in order */
  async put(streamName: string, partitionKeys: readonly string[]): Promise<string[]> {
    const Records = partitionKeys.map((key) => ({ PartitionKey: key, Data: Buffer.from(`{"key":"${key}"}`) }));
    const answer = await this.kinesis.send(new PutRecordsCommand({ StreamName: streamName, Records }));
    return (answer.Records ?? []).map((record) => record.SequenceNumber ?? "");
  }

  async shardIds(streamName: string): Promise<string[]> {
    const { Shards } = await this.kinesis.send(new ListShardsCommand({ StreamName: streamName }));
    return (Shards ?? []).map((shard) => shard.ShardId ?? "");
  }

  /** @returns the bucket's ARN */
  async bucket(name: string): Promise<string> {
    await this.s3.send(new CreateBucketCommand({ Bucket: name }));
    return `arn:aws:s3:::${name}`;
  }

  /** The documents in a bucket, by key. */
  async objects(bucket: string): Promise<Map<string, Record<string, unknown>>> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    const documents = new Map<string, Record<string, unknown>>();
    for (const { Key = "" } of Contents) {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      documents.set(Key, JSON.parse((await Body?.transformToString()) ?? "null") as Record<string, unknown>);
    }
    return documents;
  }
}

const idOf = ({ kinesis, dynamodb, messageId }: SourceEvent["Records"][number]): string =>
  kinesis?.sequenceNumber ?? dynamodb?.SequenceNumber ?? messageId ?? "";

export const keys = (count: number): string[] => Array.from({ length: count }, (_, index) => `key-${index}`);
