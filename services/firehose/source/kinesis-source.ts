import { setMaxListeners } from "node:events";
import { innerRecords } from "../../../kpl/aggregated-record.ts";
import type { Call, Host } from "../../../emulator/model/context.ts";
import { Latch } from "../../lambda/event-source-mapping/latch.ts";
import { readableShards } from "../../lambda/event-source-mapping/lineage.ts";
import type { Position } from "../../lambda/event-source-mapping/model.ts";
import { ShardCursor } from "../../lambda/event-source-mapping/shard-cursor.ts";
import {
  KinesisPages,
  type KinesisRecord,
  listShards,
} from "../../lambda/event-source-mapping/sources/kinesis-pages.ts";
import type { BufferStore, Checkpoint } from "../buffer-store.ts";
import { kinesisFailure } from "../delivery/error-texts.ts";
import { logError } from "../error-log.ts";
import { record } from "../metrics.ts";
import type { DeliveryStream, KinesisPlace, Scope, Segment } from "../model.ts";
import { streamArn } from "../names.ts";

export interface SourceScope {
  readonly host: Host;
  readonly scope: Scope;
  readonly buffers: BufferStore;
  /** As the source's role. */
  readonly call: Call;
  stream(): DeliveryStream;
  accept(segment: Segment, alongside: () => void): void;
  backlogBytes(): number;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Records stay in the source while this much waits here. */
const MOST_BACKLOG_BYTES = 256 * 1024 * 1024;

/**
 * Reads the source stream, from the delivery stream's creation on: every shard after its parents. Where it is, is kept
 * together with what it read.
 */
export class KinesisSource {
  readonly #of: SourceScope;
  readonly #arn: string;
  /** By shard: what wakes its reader. */
  readonly #readers = new Map<string, Latch>();
  /** Shards have to be looked at again. */
  readonly #changed = new Latch();
  readonly #unlisten: () => void;
  readonly #stopping = new AbortController();

  constructor(of: SourceScope) {
    this.#of = of;
    // one listener for each shard that waits to be read again
    setMaxListeners(0, this.#stopping.signal);
    this.#arn = of.stream().source?.streamArn ?? "";
    this.#unlisten = of.host.signals.listen(`kinesis:${this.#arn}`, () => this.#wake());
    this.#supervise().catch((error: unknown) => of.host.log.error("delivery stream cannot read its source", { error }));
  }

  stop(): void {
    this.#stopping.abort(new Error("the delivery stream stops"));
    this.#unlisten();
    this.#wake();
    this.#changed.set();
  }

  /** There may be room again. */
  resume(): void {
    for (const latch of this.#readers.values()) latch.set();
  }

  #wake(): void {
    if (this.#readers.size === 0) this.#changed.set();
    this.resume();
  }

  async #supervise(): Promise<void> {
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#startReaders();
        failures = 0;
        await this.#changed.wait();
      } catch (error) {
        this.#problem(error as Error);
        await this.#pause(failures++);
      }
    }
  }

  async #startReaders(): Promise<void> {
    const shards = await listShards(this.#of.call, this.#arn);
    const positions = new Map(shards.map(({ shardId }) => [shardId, this.#position(shardId)] as const));
    for (const shardId of readableShards(shards, positions)) {
      if (this.#readers.has(shardId) || this.#stopping.signal.aborted) continue;
      const latch = new Latch();
      this.#readers.set(shardId, latch);
      this.#read(shardId, positions.get(shardId) as Position, latch).catch((error: unknown) =>
        this.#of.host.log.error("delivery stream cannot read its source", { source: this.#arn, shardId, error }),
      );
    }
  }

  #position(shardId: string): Position {
    const checkpoint = this.#of.buffers.checkpoint(shardId);
    if (checkpoint?.finished) return { kind: "finished" };
    if (checkpoint?.after !== undefined) return { kind: "after", sequenceNumber: checkpoint.after };
    return { kind: "timestamp", atMs: this.#of.stream().createdAt };
  }

  async #read(shardId: string, position: Position, latch: Latch): Promise<void> {
    const { buffers, call, host } = this.#of;
    const pages = new KinesisPages(call, { streamArn: this.#arn, shardId });
    const cursor = new ShardCursor(pages, host.clock, position);
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        if (this.#of.backlogBytes() > MOST_BACKLOG_BYTES) {
          await latch.wait();
          continue;
        }
        const { records, next } = await cursor.read(pages.mostRecords);
        if (this.#stopping.signal.aborted) return;
        failures = 0;
        if (records.length > 0) this.#accept(shardId, records);
        if (next === undefined) {
          buffers.setCheckpoint(shardId, { ...buffers.checkpoint(shardId), finished: true });
          return this.#leave(shardId);
        }
        if (records.length === 0) await latch.wait();
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#problem(error as Error);
        await this.#pause(failures++);
        // a closed shard goes with its last record: its children are there
        if ((error as Error).name === "ResourceNotFoundException") return this.#leave(shardId);
      }
    }
  }

  /** There is nothing more to read: the shards are looked at again. */
  #leave(shardId: string): void {
    this.#readers.delete(shardId);
    this.#changed.set();
  }

  #accept(shardId: string, records: readonly KinesisRecord[]): void {
    const { buffers, host, scope } = this.#of;
    const single = records.flatMap((whole) => singleRecords(shardId, whole, host.clock.now()));
    const arrivals = single.map(({ arrivedAt }) => arrivedAt);
    const segment: Segment = {
      data: single.map(({ data }) => data),
      // of many: an argument each would be too many for a call
      arrivedAt: arrivals.reduce((oldest, at) => Math.min(oldest, at), Number.POSITIVE_INFINITY),
      arrivals,
      places: single.map(({ place }) => place),
    };
    const last = records.at(-1)?.SequenceNumber;
    const checkpoint: Checkpoint = last === undefined ? {} : { after: last };
    this.#of.accept(segment, () => buffers.setCheckpoint(shardId, checkpoint));
    record(host, scope, this.#of.stream().name, {
      "DataReadFromKinesisStream.Records": single.length,
      "DataReadFromKinesisStream.Bytes": segment.data.reduce((sum, data) => sum + data.byteLength, 0),
      KinesisMillisBehindLatest: Math.max(0, host.clock.now() - (arrivals.at(-1) ?? 0)),
    });
  }

  /** What is put meanwhile wakes nobody: each attempt that fails is logged. */
  async #pause(failures: number): Promise<void> {
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
    await this.#of.host.scheduler.sleep(pauseMs, this.#stopping.signal).catch(() => undefined);
  }

  #problem(error: Error): void {
    if (this.#stopping.signal.aborted) return;
    const { host, scope } = this.#of;
    const stream = this.#of.stream();
    const { code, message } = kinesisFailure(error);
    const logged = {
      deliveryStreamARN: streamArn(scope, stream.name),
      destination: this.#arn,
      deliveryStreamVersionId: stream.version,
      message,
      errorCode: code,
    };
    logError(host, this.#of.call, stream.destination.logging, logged, error);
  }
}

interface SingleRecord {
  readonly data: Uint8Array;
  readonly arrivedAt: number;
  readonly place: KinesisPlace;
}

/** A record as it stood in the stream, or those that the Kinesis Producer Library put into it. */
function singleRecords(shardId: string, whole: KinesisRecord, nowMs: number): SingleRecord[] {
  const { PartitionKey: partitionKey = "", SequenceNumber: sequenceNumber = "" } = whole;
  const arrivedAt = whole.ApproximateArrivalTimestamp?.getTime() ?? nowMs;
  const data = Buffer.from(whole.Data ?? "", "base64");
  return (innerRecords(data) ?? [{ partitionKey, data }]).map((inner, subsequenceNumber) => ({
    data: inner.data,
    arrivedAt,
    place: { shardId, partitionKey: inner.partitionKey, sequenceNumber, subsequenceNumber },
  }));
}
