import { AwsError } from "../../../emulator/model/errors.ts";
import type { Call, Host } from "../../../emulator/model/context.ts";
import { Downloads } from "../../../emulator/runtime/downloads.ts";
import { randomIds } from "../../../emulator/runtime/ids.ts";
import { Logger } from "../../../emulator/runtime/log.ts";
import { ManualClock } from "../../../emulator/runtime/scheduler.ts";
import { Contributions } from "../../../emulator/runtime/contributions.ts";
import { Metrics } from "../../../emulator/runtime/metrics.ts";
import { Signals } from "../../../emulator/runtime/signals.ts";
import { Storage } from "../../../emulator/storage/storage.ts";
import type { InvokeRequest, InvokeResult, Invoker } from "../invoker.ts";
import type { Mapping, Settings } from "./model.ts";
import { defaultSettings } from "./model.ts";

export const ACCOUNT = "000000000000";
export const REGION = "us-east-1";
export const STREAM_ARN = `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/numbers`;

interface Shard {
  readonly parents: readonly string[];
  isClosed: boolean;
  readonly records: { SequenceNumber: string; PartitionKey: string; Data: string; ApproximateArrivalTimestamp: Date }[];
}

/** The event as a handler gets it, as far as these tests look. */
export interface KinesisEvent {
  readonly Records: readonly { readonly kinesis: { readonly sequenceNumber: string; readonly partitionKey: string } }[];
}

type Handler = (event: KinesisEvent, request: InvokeRequest) => unknown;

/** Kinesis, S3 and Lambda in a few lines, so that tests can make each of them fail when they like. */
export class FakeAws {
  readonly clock = new ManualClock();
  readonly storage: Storage;
  host: Host;
  readonly shards = new Map<string, Shard>();
  readonly objects = new Map<string, string>();
  streamExists = true;
  /** Calls of Kinesis and S3 so far. */
  callCount = 0;
  createdAt = new Date(0);
  retentionHours = 24;
  /** May throw: then the object is not written. */
  beforeS3: () => void = () => {};
  /** Throws (or rejects) where the function cannot be invoked; a FunctionError is a function that failed. */
  handler: Handler = () => null;
  #sequence = 1000;

  /** @param kept a folder, or the storage of others: opening one takes longer than many a test */
  constructor(kept?: string | Storage) {
    this.storage = kept instanceof Storage ? kept : new Storage(kept === undefined ? {} : { directory: kept });
    const host: Host = {
      clock: this.clock,
      scheduler: this.clock,
      ids: randomIds,
      signals: new Signals(),
      metrics: new Metrics(),
      contributions: new Contributions(),
      storage: this.storage,
      log: new Logger("silent"),
      endpoint: "",
      publicEndpoint: "",
      kinesisLimits: false,
      dynamodbLimits: false,
      downloads: new Downloads(this.storage.blobs, this.clock),
      credentials: undefined as unknown as Host["credentials"],
      callAs: () => this.#call as unknown as Call,
      putSystemTags: () => {},
      authorization: {
        enforced: false,
        refusal: () => undefined,
        assume: () => {
          throw new Error("no roles here");
        },
        managedPolicy: () => undefined,
      },
    };
    this.host = host;
  }

  readonly invoker: Invoker = {
    invoke: async (request): Promise<InvokeResult> => {
      const base = { statusCode: 200, executedVersion: "$LATEST", requestId: "request-id" };
      const event = JSON.parse(String(request.payload)) as KinesisEvent;
      try {
        const answer = await untilAborted(async () => this.handler(event, request), request.signal);
        return { ...base, payload: JSON.stringify(answer ?? null) };
      } catch (error) {
        if (!(error instanceof FunctionError)) throw error;
        return { ...base, payload: `{"errorMessage":"${error.message}"}`, functionError: "Unhandled" };
      }
    },
  };

  mapping(settings: Partial<Settings> = {}, of: Partial<Mapping> = {}): Mapping {
    return {
      account: ACCOUNT,
      region: REGION,
      uuid: randomIds.uuid(),
      eventSourceArn: STREAM_ARN,
      functionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:count`,
      role: `arn:aws:iam::${ACCOUNT}:role/reader`,
      startingPosition: "TRIM_HORIZON",
      settings: { ...defaultSettings, ...settings },
      enabled: true,
      state: "Creating",
      stateTransitionReason: "User action",
      lastProcessingResult: "No records processed",
      lastModified: this.clock.now(),
      tags: {},
      ...of,
    };
  }

  addShard(id: string, parents: readonly string[] = []): void {
    for (const parent of parents) this.#shard(parent).isClosed = true;
    this.shards.set(id, { parents, isClosed: false, records: [] });
    this.#notify();
  }

  removeStream(): void {
    this.streamExists = false;
    this.shards.clear();
    this.#notify();
  }

  /** One of the name of that which was removed; its shards are yet to be added. */
  remakeStream(): void {
    this.streamExists = true;
    this.createdAt = new Date(Math.max(this.clock.now(), this.createdAt.getTime() + 1));
  }

  /** @returns the sequence numbers */
  put(shardId: string, partitionKeys: readonly string[], data = "e30="): string[] {
    const put = partitionKeys.map((PartitionKey) => ({
      SequenceNumber: String(this.#sequence++),
      PartitionKey,
      Data: data,
      ApproximateArrivalTimestamp: new Date(this.clock.now()),
    }));
    this.#shard(shardId).records.push(...put);
    this.#notify();
    return put.map((record) => record.SequenceNumber);
  }

  /** Lets everything that needs no time come to rest, then looks. */
  async until(what: string, isTrue: () => boolean): Promise<void> {
    for (let turn = 0; turn < 5000; turn++) {
      if (isTrue()) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error(`not reached: ${what}`);
  }

  /** As `until`, stepping the clock by `stepMs` between the looks. */
  async stepUntil(what: string, isTrue: () => boolean, stepMs = 100): Promise<void> {
    for (let step = 0; step < 500; step++) {
      if (isTrue()) return;
      await this.rest();
      await this.clock.advance(stepMs);
    }
    throw new Error(`not reached: ${what}`);
  }

  /** A good many turns of the event loop: whatever could run without time passing has run. */
  async rest(): Promise<void> {
    for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  #notify(): void {
    this.host.signals.notify(`kinesis:${STREAM_ARN}`);
  }

  #shard(id: string): Shard {
    const shard = this.shards.get(id);
    if (!shard) throw new AwsError({ code: "ResourceNotFoundException", status: 400 }, `Shard ${id} not found.`);
    return shard;
  }

  readonly #call = async (_service: string, operation: string, input: Record<string, unknown>): Promise<unknown> => {
    this.callCount++;
    await new Promise((resolve) => setImmediate(resolve));
    if (operation === "PutObject") {
      this.beforeS3();
      this.objects.set(String(input["Key"]), String(input["Body"]));
      return {};
    }
    if (!this.streamExists) throw new AwsError({ code: "ResourceNotFoundException", status: 400 }, "Stream not found.");
    if (operation === "DescribeStreamSummary") {
      const summary = { StreamCreationTimestamp: this.createdAt, RetentionPeriodHours: this.retentionHours };
      return { StreamDescriptionSummary: summary };
    }
    if (operation === "ListShards") return { Shards: [...this.shards].map(([id, shard]) => listed(id, shard)) };
    if (operation === "GetShardIterator") return { ShardIterator: this.#iterator(input) };
    return this.#getRecords(String(input["ShardIterator"]), Number(input["Limit"]));
  };

  #iterator(input: Record<string, unknown>): string {
    const { records } = this.#shard(String(input["ShardId"]));
    const places: Readonly<Record<string, () => number>> = {
      TRIM_HORIZON: () => 0,
      LATEST: () => records.length,
      AFTER_SEQUENCE_NUMBER: () =>
        records.findIndex((record) => record.SequenceNumber === input["StartingSequenceNumber"]) + 1,
      AT_TIMESTAMP: () => {
        const at = records.findIndex((record) => record.ApproximateArrivalTimestamp >= (input["Timestamp"] as Date));
        return at === -1 ? records.length : at;
      },
    };
    return `${String(input["ShardId"])}/${places[String(input["ShardIteratorType"])]?.()}/${this.clock.now()}`;
  }

  #getRecords(iterator: string, limit: number): unknown {
    const [id = "", place = "", takenAt = ""] = iterator.split("/");
    if (this.clock.now() - Number(takenAt) > 300_000) {
      throw new AwsError({ code: "ExpiredIteratorException", status: 400 }, "Iterator expired.");
    }
    const shard = this.#shard(id);
    const oldest = this.clock.now() - this.retentionHours * 3_600_000;
    const kept = shard.records.findIndex((record) => record.ApproximateArrivalTimestamp.getTime() >= oldest);
    const from = Math.max(Number(place), kept === -1 ? shard.records.length : kept);
    const records = shard.records.slice(from, from + limit);
    const next = from + records.length;
    const isAtEnd = next === shard.records.length;
    return {
      Records: records,
      MillisBehindLatest: 0,
      NextShardIterator: isAtEnd && shard.isClosed ? undefined : `${id}/${next}/${this.clock.now()}`,
    };
  }
}

/** Takes its listener off again, as the invoker does: the signal lives as long as the engine. */
async function untilAborted<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason as Error);
  });
  signal?.addEventListener("abort", onAbort);
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

export class FunctionError extends Error {}

const listed = (id: string, { parents, isClosed }: Shard) => ({
  ShardId: id,
  ParentShardId: parents[0],
  AdjacentParentShardId: parents[1],
  SequenceNumberRange: { StartingSequenceNumber: "0", ...(isClosed && { EndingSequenceNumber: "9" }) },
});
