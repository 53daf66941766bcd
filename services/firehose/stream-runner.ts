import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { Call, Host } from "../../emulator/model/context.ts";
import { callWithRole } from "../../emulator/model/service-role.ts";
import { BufferStore } from "./buffer-store.ts";
import { deliver, type DeliveryScope } from "./delivery/deliver.ts";
import { s3Failure } from "./delivery/error-texts.ts";
import { Lane, type LaneSettings } from "./lane.ts";
import { record } from "./metrics.ts";
import {
  type DeliveryStream,
  type Entry,
  type LaneId,
  type PartitionKeys,
  type Scope,
  type Sealed,
  type Segment,
  WHOLE,
} from "./model.ts";
import { streamArn } from "./names.ts";
import { errorLine, type Failure, type Item } from "./processing/item.ts";
import { itemsOf, needsProcessing, partitioner, processBuffer, processItems } from "./processing/process.ts";
import { deliveryRole } from "./role.ts";
import { KinesisSource } from "./source/kinesis-source.ts";

const MIB = 1024 * 1024;
/** Invocations of the function at a time. */
const BATCHES_AT_ONCE = 4;
const MOST_PARTITIONS = 500;

const laneKey = ({ kind, part }: LaneId): string => `${kind} ${part}`;

/** What one delivery stream does by itself: processes and delivers what it has buffered, reads its source. */
export class StreamRunner {
  readonly #host: Host;
  readonly #scope: Scope;
  readonly #buffers: BufferStore;
  readonly #lanes = new Map<string, Lane>();
  readonly #stopping = new AbortController();
  readonly #delivery: DeliveryScope;
  readonly #source: KinesisSource | undefined;
  #stream: DeliveryStream;

  /** Goes on with what was buffered when the last run ended. */
  constructor(host: Host, scope: Scope, stream: DeliveryStream) {
    this.#host = host;
    // one listener for each batch that waits for its next attempt
    setMaxListeners(0, this.#stopping.signal);
    this.#scope = scope;
    this.#stream = stream;
    this.#buffers = new BufferStore(host, scope, stream);
    this.#delivery = {
      host,
      scope,
      buffers: this.#buffers,
      stream: () => this.#stream,
      callAs: (roleArn) => this.#callAs(roleArn),
      isStopped: () => this.#stopping.signal.aborted,
      giveUp: (lane, entries, sealed, error) => this.#giveUp(lane, entries, sealed, error),
    };
    for (const { lane, entry } of [...this.#buffers.entries()]) this.#lane(lane).push(entry);
    if (stream.source) {
      this.#source = new KinesisSource({
        host,
        stream: () => this.#stream,
        scope,
        buffers: this.#buffers,
        call: this.#callAs(stream.source.roleArn),
        accept: (segment, checkpoint) => this.accept(segment, checkpoint),
        backlogBytes: () => this.#backlogBytes(),
      });
    }
  }

  /** Buffers records; when it returns, they are kept. `alongside` is written in the same transaction. */
  accept(segment: Segment, alongside?: () => void): void {
    if (this.#stopping.signal.aborted) return;
    const lanes: LaneId[] = [{ kind: needsProcessing(this.#stream) ? "process" : "deliver", part: WHOLE }];
    if (this.#stream.destination.backup) lanes.push({ kind: "backup", part: WHOLE });
    const entries = this.#buffers.write(() => {
      alongside?.();
      return lanes.map((lane) => ({ lane, entry: this.#buffers.append(lane, segment) }));
    });
    for (const { lane, entry } of entries) this.#lane(lane).push(entry);
  }

  /** The stream's settings have changed. */
  configure(stream: DeliveryStream): void {
    this.#stream = stream;
    for (const lane of this.#lanes.values()) lane.retry();
  }

  /** Ends; what is under way with S3 is waited for, what is with a function is not. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the delivery stream stops"));
    const lanes = [...this.#lanes.values()].map((lane) => ({ lane, stopped: lane.stop() }));
    this.#source?.stop();
    await Promise.all(lanes.filter(({ lane }) => lane.id.kind !== "process").map(({ stopped }) => stopped));
  }

  /** Ends for good: what is under way is not finished. */
  async remove(): Promise<void> {
    this.#stream = { ...this.#stream, status: "DELETING" };
    await this.stop();
  }

  #callAs(roleArn: string): Call {
    return callWithRole(this.#host, this.#scope, deliveryRole(this.#scope, this.#stream.name, roleArn));
  }

  #backlogBytes(): number {
    return [...this.#lanes.values()].reduce((sum, lane) => sum + lane.bytes, 0);
  }

  #lane(id: LaneId): Lane {
    const key = laneKey(id);
    let lane = this.#lanes.get(key);
    if (!lane) {
      const work = {
        settings: () => this.#laneSettings(id),
        isUnfinished: this.#buffers.sealed(id) !== undefined,
        run: (entries: readonly Entry[]) => this.#run(id, entries),
        onIdle: () => {
          this.#lanes.delete(key);
          this.#source?.resume();
        },
      };
      lane = new Lane(id, work, this.#host);
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #laneSettings({ kind }: LaneId): LaneSettings {
    if (kind === "process") return processBuffer(this.#stream);
    const { backup, buffering } = this.#stream.destination;
    const { sizeMiB, intervalSeconds } = kind === "backup" ? (backup?.buffering ?? buffering) : buffering;
    return { bytes: sizeMiB * MIB, intervalMs: intervalSeconds * 1000 };
  }

  async #run(id: LaneId, entries: readonly Entry[]): Promise<number> {
    try {
      return id.kind === "process" ? await this.#process(id, entries) : await deliver(this.#delivery, id, entries);
    } catch (error) {
      if (this.#stopping.signal.aborted) return 0;
      const deliveryStream = streamArn(this.#scope, this.#stream.name);
      this.#host.log.error("delivery stream fails", { deliveryStream, lane: laneKey(id), error });
      return 0;
    } finally {
      this.#source?.resume();
    }
  }

  async #process(id: LaneId, entries: readonly Entry[]): Promise<number> {
    const stream = this.#stream;
    const taken = firstOf(entries, processBuffer(stream).bytes * BATCHES_AT_ONCE);
    const items = taken.flatMap((entry) => itemsOf(entry, this.#buffers.get(id, entry)));
    const done = await processItems(
      {
        host: this.#host,
        scope: this.#scope,
        stream,
        callAs: (roleArn) => this.#callAs(roleArn),
        sleep: (ms) => this.#host.scheduler.sleep(ms, this.#stopping.signal),
        isStopped: () => this.#stopping.signal.aborted,
      },
      items,
    );
    if (this.#stopping.signal.aborted) return 0;
    const sorted = this.#sort(stream, done);
    const appended = this.#buffers.write(() => {
      this.#buffers.remove(id, taken);
      return sorted.map(({ lane, segment }) => ({ lane, entry: this.#buffers.append(lane, segment) }));
    });
    for (const { lane, entry } of appended) this.#lane(lane).push(entry);
    return taken.length;
  }

  /** Processed records by the lane that they go to. */
  #sort(stream: DeliveryStream, items: readonly Item[]): { lane: LaneId; segment: Segment }[] {
    const partitionOf = partitioner(stream);
    const lanes = new Map<string, { lane: LaneId; partition?: PartitionKeys; items: Item[] }>();
    const put = (lane: LaneId, item: Item, partition?: PartitionKeys) => {
      const group = lanes.get(laneKey(lane));
      if (group) group.items.push(item);
      else lanes.set(laneKey(lane), { lane, items: [item], ...(partition && { partition }) });
    };
    const active = new Set([...this.#lanes.keys()].filter((key) => key.startsWith("deliver ")));
    let isExceeded = false;
    for (const item of items) {
      if (item.isDropped) continue;
      if (item.failure) {
        put({ kind: "error", part: item.failure.type }, item);
        continue;
      }
      const partition = partitionOf?.(item);
      const lane: LaneId = { kind: "deliver", part: partition ? partName(partition) : WHOLE };
      if (lane.part !== WHOLE && !active.has(laneKey(lane)) && active.size >= MOST_PARTITIONS) {
        isExceeded = true;
        item.failure = partitionsExceeded(this.#host.clock.now());
        put({ kind: "error", part: item.failure.type }, item);
        continue;
      }
      active.add(laneKey(lane));
      put(lane, item, partition);
    }
    if (stream.destination.dynamicPartitioning?.enabled) {
      record(this.#host, this.#scope, stream.name, {
        PartitionCount: active.size,
        PartitionCountExceeded: isExceeded ? 1 : 0,
      });
    }
    return [...lanes.values()].map(({ lane, items: of, partition }) => ({ lane, segment: segmentOf(of, partition) }));
  }

  /** With dynamic partitioning, records that their prefix does not take for long enough go to the error output. */
  #giveUp(lane: LaneId, entries: readonly Entry[], sealed: Sealed, error: Error): boolean {
    const { dynamicPartitioning } = this.#stream.destination;
    if (lane.kind !== "deliver" || !dynamicPartitioning?.enabled) return false;
    const endedAt = this.#host.clock.now();
    if (endedAt - sealed.sealedAt < dynamicPartitioning.retrySeconds * 1000) return false;
    const failure: Failure = { type: "s3-delivery-failed", ...s3Failure(error), attempts: 1, endedAt };
    const output: LaneId = { kind: "error", part: failure.type };
    const appended = this.#buffers.write(() => {
      const lines = entries.flatMap((entry) => {
        const { arrivedAt, data } = this.#buffers.get(lane, entry);
        return data.map((raw) => errorLine({ arrivedAt, raw }, failure));
      });
      this.#buffers.remove(lane, entries);
      this.#buffers.unseal(lane);
      return this.#buffers.append(output, { data: lines, arrivedAt: sealed.arrivedAt });
    });
    this.#lane(output).push(appended);
    return true;
  }
}

function firstOf(entries: readonly Entry[], mostBytes: number): Entry[] {
  let bytes = 0;
  const end = entries.findIndex((entry) => (bytes += entry.bytes) >= mostBytes);
  return entries.slice(0, end < 0 ? undefined : end + 1);
}

/** A name for a partition that is short enough for a key of storage. */
const partName = (partition: PartitionKeys): string =>
  createHash("sha256")
    .update(JSON.stringify([partition.query, partition.lambda]))
    .digest("hex");

const partitionsExceeded = (endedAt: number): Failure => ({
  type: "metadata-extraction-failed",
  code: "DynamicPartitioning.ActivePartitionsLimitExceeded",
  message: `The number of active partitions exceeds the limit of ${MOST_PARTITIONS}.`,
  attempts: 1,
  endedAt,
});

function segmentOf(items: readonly Item[], partition: PartitionKeys | undefined): Segment {
  return {
    data: items.map((item) => (item.failure ? errorLine(item, item.failure) : item.data)),
    arrivedAt: items.reduce((oldest, { arrivedAt }) => Math.min(oldest, arrivedAt), Number.POSITIVE_INFINITY),
    sourceBytes: items.reduce((sum, { raw }) => sum + raw.byteLength, 0),
    ...(partition && { partition }),
  };
}
