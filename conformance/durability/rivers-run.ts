import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
  type _Record,
} from "@aws-sdk/client-kinesis";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import type { ClientConfig } from "../../emulator/index.ts";
import { type OnceConfig, untilGone } from "../emulator-process.ts";
import { headwater } from "../headwater-command.ts";
import type { Random } from "./random.ts";

const COUNTIES = ["Delaware", "Essex", "Greene", "Lewis", "Oneida", "St. Lawrence", "Sullivan", "Ulster"];
const PRODUCERS = 2;
const SHARDS = 3;
const BATCH_SIZE = 60;
const MALFORMED_SHARE = 0.0007;

/** What is in the stream: the truth that the counts are compared with. */
export interface StoredRows {
  readonly countByCounty: Readonly<Record<string, number>>;
  readonly sum: number;
  /** "shard sequence-number" of every row, and of every record that is none. */
  readonly places: ReadonlyMap<string, string>;
  /** Sequence numbers of the records that are no rows. */
  readonly malformed: readonly string[];
}

/** The rivers pipeline, deployed, with producers that know what was acknowledged. */
export class RiversRun {
  /** The records' texts by "shard sequence-number". */
  readonly acknowledged = new Map<string, string>();
  readonly #random: Random;
  readonly #outputs: Readonly<Record<string, string>>;
  #next = 0;

  private constructor(random: Random, outputs: Readonly<Record<string, string>>) {
    this.#random = random;
    this.#outputs = outputs;
  }

  static async deploy(config: ClientConfig, random: Random): Promise<RiversRun> {
    // small batches, one retry: many invocations for a kill to fall into
    const parameters = [
      ...[`ShardCount=${SHARDS}`, `BatchSize=${BATCH_SIZE}`],
      ...["MaximumBatchingWindowInSeconds=0", "MaximumRetryAttempts=1"],
    ];
    await headwater(
      "deploy",
      "rivers",
      "--endpoint",
      config.endpoint,
      ...parameters.flatMap((text) => ["--parameter", text]),
    );
    const { Stacks } = await new CloudFormationClient(config).send(new DescribeStacksCommand({ StackName: "rivers" }));
    const outputs = (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]);
    return new RiversRun(random, Object.fromEntries(outputs) as Record<string, string>);
  }

  /** Puts rows until the emulator is gone. */
  async produce(config: OnceConfig): Promise<void> {
    const kinesis = new KinesisClient(config);
    await Promise.all(Array.from({ length: PRODUCERS }, () => untilGone(() => this.put(kinesis))));
    kinesis.destroy();
  }

  async put(kinesis: KinesisClient): Promise<void> {
    const texts = Array.from({ length: this.#random.between(1, 80) }, () => this.#text());
    const { Records = [] } = await kinesis.send(
      new PutRecordsCommand({
        StreamName: this.#outputs["StreamName"],
        Records: texts.map((text) => ({
          PartitionKey: `river-${text.length}-${text}`.slice(0, 40),
          Data: bytes(text),
        })),
      }),
    );
    for (const [index, { ShardId, SequenceNumber }] of Records.entries()) {
      if (SequenceNumber !== undefined) this.acknowledged.set(`${ShardId} ${SequenceNumber}`, texts[index]!);
    }
  }

  #text(): string {
    const number = this.#next++;
    if (this.#random.next() < MALFORMED_SHARE) return `${number} is no row`;
    return JSON.stringify({ number, County: COUNTIES[this.#random.between(0, COUNTIES.length - 1)] });
  }

  async storedRows(config: ClientConfig): Promise<StoredRows> {
    const kinesis = new KinesisClient(config);
    const countByCounty: Record<string, number> = {};
    const places = new Map<string, string>();
    const malformed: string[] = [];
    for await (const { shardId, record } of this.#records(kinesis)) {
      const text = Buffer.from(record.Data ?? []).toString();
      places.set(`${shardId} ${record.SequenceNumber}`, text);
      const county = /"County":"(.*)"/.exec(text)?.[1];
      if (county === undefined) malformed.push(record.SequenceNumber ?? "");
      else countByCounty[county] = (countByCounty[county] ?? 0) + 1;
    }
    kinesis.destroy();
    return { countByCounty, sum: places.size - malformed.length, places, malformed };
  }

  async *#records(kinesis: KinesisClient): AsyncGenerator<{ shardId: string; record: _Record }> {
    const StreamName = this.#outputs["StreamName"];
    const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }));
    for (const { ShardId: shardId = "" } of Shards) {
      const start = { StreamName, ShardId: shardId, ShardIteratorType: "TRIM_HORIZON" as const };
      let next = (await kinesis.send(new GetShardIteratorCommand(start))).ShardIterator;
      for (let isBehind = true; isBehind;) {
        const answer = await kinesis.send(new GetRecordsCommand({ ShardIterator: next }));
        for (const record of answer.Records ?? []) yield { shardId, record };
        next = answer.NextShardIterator;
        isBehind = (answer.MillisBehindLatest ?? 0) > 0;
      }
    }
  }

  /** The sum of all counts of each county. */
  async counts(config: ClientConfig): Promise<Readonly<Record<string, number>>> {
    const client = new DynamoDBClient(config);
    const TableName = this.#outputs["CountsTableName"];
    const counts: Record<string, number> = {};
    for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) {
      for (const { County, Count } of Items) {
        const county = County?.S ?? "";
        counts[county] = (counts[county] ?? 0) + Number(Count?.N);
      }
    }
    client.destroy();
    return counts;
  }

  /** What the function's log says: rows that it counted, and rows that it was given again. */
  async deliveries(config: ClientConfig): Promise<{ readonly counted: number; readonly repeated: number }> {
    const client = new CloudWatchLogsClient(config);
    const logGroupName = this.#outputs["LogGroupName"];
    const filterPattern = '{ $.message = "batch counted" }';
    let [counted, repeated] = [0, 0];
    for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName, filterPattern })) {
      for (const { message = "" } of events) {
        const line = JSON.parse(message) as { counted: number; repeated: number };
        counted += line.counted;
        repeated += line.repeated;
      }
    }
    client.destroy();
    return { counted, repeated };
  }

  /** A kill makes each shard's batch come again; a malformed record makes parts of its batch come again until it is alone. */
  mostRepeated(kills: number, malformed: number): number {
    return (kills * SHARDS + malformed * 8) * BATCH_SIZE;
  }

  /** Sequence numbers of the records that arrived at the on-failure destination. */
  async failures(config: ClientConfig): Promise<ReadonlySet<string>> {
    const client = new S3Client({ ...config, forcePathStyle: true });
    const Bucket = this.#outputs["FailuresBucketName"];
    const sequenceNumbers = new Set<string>();
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
      for (const { Key } of Contents) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        // the invocation record holds the event as the function was given it, as text
        const { payload } = JSON.parse((await Body?.transformToString()) ?? "") as { payload: string };
        const { Records } = JSON.parse(payload) as { Records: readonly { kinesis: { sequenceNumber: string } }[] };
        for (const { kinesis } of Records) sequenceNumbers.add(kinesis.sequenceNumber);
      }
    }
    client.destroy();
    return sequenceNumbers;
  }
}

const bytes = (text: string) => Buffer.from(text);
