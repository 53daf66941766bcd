import type { Timer } from "../../../emulator/runtime/scheduler.ts";
import { cutBatch, MAXIMUM_PAYLOAD_BYTES } from "./batcher.ts";
import { backoffMs } from "./delivery.ts";
import { Ledger } from "./ledger.ts";
import type { Position, StreamRecord } from "./model.ts";
import { RecordRenderer } from "./record.ts";
import { Sender, type SenderScope } from "./sender.ts";
import { type ReadResult, ShardReader } from "./shard-reader.ts";

export interface ConsumerScope extends SenderScope {
  /** Keeps where the shard goes on after a restart. */
  readonly checkpoint: (position: Position) => void;
  /** The shard is closed, and all of its records are settled. */
  readonly onEnd: () => void;
  /** A read failed; it is tried again after a wait. */
  readonly onReadError: (error: Error) => void;
}

/** One of the batches that a shard has under way at a time: always the same partition keys, so that their order holds. */
interface Lane {
  readonly records: StreamRecord[];
  sizeBytes: number;
  isBusy: boolean;
}

/** Records read and not settled, also those done that wait for an earlier one: bounds what a blocked lane can pile up. */
const MAXIMUM_OUTSTANDING = 100_000;
/** Records read ahead of the batches that are being gathered, while those before them are with the function. */
const READ_AHEAD_RECORDS = 1000;
/** Well within the 5 minutes that an iterator lives. */
const RENEW_LATEST_MS = 240_000;

/** Reads a shard ahead, cuts batches, has them delivered, and moves the checkpoint. */
export class ShardConsumer {
  readonly #scope: ConsumerScope;
  readonly #reader: ShardReader;
  readonly #renderer: RecordRenderer;
  readonly #sender: Sender;
  readonly #ledger = new Ledger();
  readonly #lanes: readonly Lane[];
  readonly #maximumRecords: number;
  readonly #maximumBytes: number;
  readonly #underWay = new Set<Promise<void>>();
  /** Counts what says that there may be more to read; `#seen` is its value when the last read began that found the end. */
  #wakes = 1;
  #seen = 0;
  #isReading = false;
  #hasEnded = false;
  #isOver = false;
  #readFailures = 0;
  #isScheduled = false;
  #timer: Timer | undefined;
  #retry: Timer | undefined;

  constructor(scope: ConsumerScope, position: Position, iterator?: string) {
    const { mapping, host, call, shardId } = scope;
    this.#scope = scope;
    const streamArn = mapping.eventSourceArn;
    this.#reader = new ShardReader({ call, clock: host.clock, streamArn, shardId }, position, iterator);
    this.#renderer = new RecordRenderer({ shardId, streamArn, region: mapping.region, role: mapping.role });
    this.#sender = new Sender(scope);
    const { parallelizationFactor, batchSize } = mapping.settings;
    this.#lanes = Array.from({ length: parallelizationFactor }, () => ({ records: [], sizeBytes: 0, isBusy: false }));
    this.#maximumRecords = batchSize * parallelizationFactor + Math.max(batchSize, READ_AHEAD_RECORDS);
    this.#maximumBytes = MAXIMUM_PAYLOAD_BYTES * (parallelizationFactor + 1);
  }

  /** The iterator that alone knows where LATEST was, while nothing has been read. */
  get latestIterator(): string | undefined {
    return this.#reader.holdsLatest ? this.#reader.iterator : undefined;
  }

  /** There may be more to read. Returns at once; the work is done in a later turn of the event loop. */
  wake(): void {
    this.#wakes++;
    this.#schedule();
  }

  /** Resolves when nothing of it runs any more. `draining` was aborted before. */
  async stopped(): Promise<void> {
    this.#timer?.cancel();
    this.#retry?.cancel();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#step();
    });
  }

  #step(): void {
    if (this.#scope.draining.aborted) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    const room = this.#room();
    const flush = this.#hasEnded || (room === 0 && this.#lanes.every((lane) => !lane.isBusy));
    let wakeAtMs = Infinity;
    for (const lane of this.#lanes) {
      if (!lane.isBusy) wakeAtMs = Math.min(wakeAtMs, this.#serve(lane, flush));
    }
    if (room > 0 && !this.#isReading && !this.#hasEnded && !this.#retry && this.#seen < this.#wakes) {
      this.#track(this.#read(room));
    }
    this.#arm(wakeAtMs);
    if (this.#hasEnded && this.#ledger.size === 0) this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer?.cancel();
    this.#scope.onEnd();
  }

  /** Sends a lane's next batch if it is due. @returns when to look again, in epoch milliseconds */
  #serve(lane: Lane, flush: boolean): number {
    const cut = cutBatch(lane, this.#scope.mapping.settings, this.#scope.host.clock.now(), flush);
    if (cut.kind === "idle") return Infinity;
    if (cut.kind === "wait") return cut.untilMs;
    const batch = lane.records.splice(0, cut.count);
    for (const record of batch) lane.sizeBytes -= record.sizeBytes;
    lane.isBusy = true;
    this.#track(
      this.#sender
        .deliver(batch, (records) => this.#settle(records))
        .finally(() => {
          lane.isBusy = false;
          this.#schedule();
        }),
    );
    return Infinity;
  }

  #settle(records: readonly StreamRecord[]): void {
    const sequenceNumber = this.#ledger.settle(records.map((record) => record.ordinal));
    if (sequenceNumber !== undefined) this.#scope.checkpoint({ kind: "after", sequenceNumber });
  }

  async #read(limit: number): Promise<void> {
    this.#isReading = true;
    const wakes = this.#wakes;
    try {
      const result = await this.#reader.read(limit);
      this.#readFailures = 0;
      this.#take(result);
      if (result.isAtTip) this.#seen = wakes;
    } catch (error) {
      if (this.#scope.draining.aborted) return;
      this.#scope.onReadError(error as Error);
      this.#retry = this.#scope.host.scheduler.after(backoffMs(++this.#readFailures), () => {
        this.#retry = undefined;
        this.#schedule();
      });
    } finally {
      this.#isReading = false;
      this.#schedule();
    }
  }

  #take({ records, hasEnded }: ReadResult): void {
    const now = this.#scope.host.clock.now();
    for (const raw of records) {
      const record = this.#renderer.render(raw, this.#ledger.add(raw.SequenceNumber ?? ""), now);
      const lane = this.#laneOf(record.partitionKey);
      lane.records.push(record);
      lane.sizeBytes += record.sizeBytes;
    }
    this.#hasEnded = hasEnded;
  }

  #laneOf(partitionKey: string): Lane {
    const index = this.#lanes.length === 1 ? 0 : hash(partitionKey) % this.#lanes.length;
    return this.#lanes[index] as Lane;
  }

  /** How many more records may be read now. */
  #room(): number {
    let records = 0;
    let bytes = 0;
    for (const lane of this.#lanes) {
      records += lane.records.length;
      bytes += lane.sizeBytes;
    }
    if (bytes >= this.#maximumBytes) return 0;
    return Math.max(0, Math.min(this.#maximumRecords - records, MAXIMUM_OUTSTANDING - this.#ledger.size));
  }

  #arm(wakeAtMs: number): void {
    const { host } = this.#scope;
    if (wakeAtMs !== Infinity) {
      this.#timer = host.scheduler.after(wakeAtMs - host.clock.now(), () => this.#schedule());
    } else if (this.#reader.holdsLatest && !this.#isReading) {
      this.#timer = host.scheduler.after(RENEW_LATEST_MS, () => this.wake());
    }
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#scope.host.log.error("event source mapping failed", { error }))
      .finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
  }
}

/** FNV-1a over UTF-16 units: spreads keys over lanes, the same in every run. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
