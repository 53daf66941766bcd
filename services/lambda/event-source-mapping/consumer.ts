import { setImmediate } from "node:timers";
import type { Host } from "../../../emulator/model/context.ts";
import type { Timer } from "../../../emulator/runtime/scheduler.ts";
import { cutBatch } from "./batcher.ts";
import { backoffMs } from "./delivery.ts";
import type { Lane, Lanes } from "./lanes.ts";
import type { Mapping, SourceRecord } from "./model.ts";
import { Sender, type SenderScope } from "./sender.ts";
import type { Reader, ReadResult } from "./source.ts";
import type { ShardStatus, Trouble } from "./status.ts";
import { instant, type TumblingWindow, type WindowEnd } from "./window.ts";

export interface ConsumerScope extends SenderScope {
  /** The shard is closed and was read to its end: it may have children. */
  readonly onClosed: () => void;
  /** The shard is closed, and all of its records are settled. */
  readonly onEnd: () => void;
  /** A read failed, or the end could not be kept; it is tried again after a wait. */
  readonly onReadError: (error: Error) => void;
}

/** Records read and not settled, also those done that wait for an earlier one: bounds what a blocked lane can pile up. */
const MAXIMUM_OUTSTANDING = 100_000;
/** The same in bytes of those that wait for a batch. */
const MAXIMUM_WAITING_BYTES = 128 * 1024 * 1024;
/** Well within the 5 minutes that an iterator lives. */
const RENEW_LATEST_MS = 240_000;

/** Reads a shard or a queue, cuts batches, and has them delivered. */
export class Consumer {
  readonly #scope: ConsumerScope;
  readonly #host: Host;
  readonly #settings: Mapping["settings"];
  readonly #reader: Reader;
  readonly #sender: Sender;
  readonly #window: TumblingWindow | undefined;
  readonly #lanes: Lanes;
  readonly #underWay = new Set<Promise<void>>();
  /** Counts what says that there may be more to read; `#seen` is its value when the last read began that found the end. */
  #wakes = 1;
  #seen = 0;
  #isReading = false;
  #hasEnded = false;
  #isOver = false;
  #readFailures = 0;
  #readError: Trouble | null = null;
  #isScheduled = false;
  #timer: Timer | undefined;
  #retry: Timer | undefined;

  constructor(scope: ConsumerScope, reader: Reader, window?: TumblingWindow) {
    const { settings } = scope.mapping;
    this.#scope = scope;
    this.#host = scope.host;
    this.#settings = settings;
    this.#reader = reader;
    this.#window = window;
    this.#sender = new Sender(scope, reader, window);
    this.#lanes = scope.source.lanes();
  }

  /** The iterator that alone knows where LATEST was, while nothing has been read. */
  get latestIterator(): string | undefined {
    return this.#reader.latestIterator;
  }

  status(): ShardStatus {
    const { source, shardId, tally } = this.#scope;
    const { position } = this.#reader;
    const open = this.#window?.open;
    const [a, b] = [this.#sender.lastError, this.#readError];
    return {
      shardId: source.isStream ? shardId : null,
      state: "reading",
      position: position ?? null,
      iteratorAgeMs: this.#iteratorAgeMs,
      waiting: this.#lanes.waiting,
      isAtTip: this.#isAtTip,
      batches: this.#sender.batches,
      window: open
        ? { start: instant(open.startMs), end: instant(open.endMs), stateBytes: this.#window?.stateBytes ?? 0 }
        : null,
      counts: tally.counts,
      lastError: a && b ? (a.at > b.at ? a : b) : (a ?? b),
    };
  }

  /** Null while nothing says so: the reads fail, and nothing is left of earlier ones. */
  get #iteratorAgeMs(): number | null {
    const known = [this.#reader.oldestArrivedAt, this.#lanes.oldestArrivedAt, this.#sender.oldestArrivedAt];
    const oldest = Math.min(...known.map((arrivedAt = Infinity) => arrivedAt));
    if (oldest !== Infinity) return Math.max(0, this.#host.clock.now() - oldest);
    return this.#readFailures > 0 ? null : 0;
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
    for (;;) {
      // what a queue lent to us is not sent back by anybody before its time
      if (!this.#scope.source.isStream && !this.#scope.stopping.aborted) this.#serve(true);
      if (this.#underWay.size === 0) break;
      await Promise.race(this.#underWay);
    }
    await this.#reader.close?.();
  }

  get #isAtTip(): boolean {
    return !this.#isReading && this.#seen === this.#wakes;
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
    if (this.#scope.draining.aborted || this.#isOver) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    const room = this.#room();
    const flush = this.#hasEnded || (room === 0 && this.#lanes.areIdle);
    if (this.#gathersLoans) this.#readOn(room);
    const wakeAtMs = this.#gathersLoans && this.#isReading ? Infinity : this.#serve(flush);
    this.#readOn(room);
    this.#arm(wakeAtMs);
    if (this.#hasEnded && this.#isIdle) this.#end();
  }

  /** In a window, messages of a queue may come back before it is over: they are received again before the batch is cut. */
  get #gathersLoans(): boolean {
    return !this.#scope.source.isStream && this.#settings.maximumBatchingWindowInSeconds > 0;
  }

  #readOn(room: number): void {
    if (room === 0 || this.#isReading || this.#hasEnded || this.#retry || this.#seen === this.#wakes) return;
    this.#track(this.#read(room));
  }

  get #isIdle(): boolean {
    return this.#reader.outstanding === 0 && !this.#window?.open && this.#lanes.areIdle;
  }

  #end(): void {
    this.#timer?.cancel();
    try {
      this.#scope.onEnd();
      this.#isOver = true;
    } catch (error) {
      this.#pause(error as Error);
    }
  }

  /** Sends the batches that are due. @returns when to look again, in epoch milliseconds */
  #serve(flush: boolean): number {
    let wakeAtMs = Infinity;
    for (const lane of this.#lanes) {
      while (!lane.isBusy) {
        const atMs = this.#window ? this.#serveWindow(lane, this.#window, flush) : this.#serveLane(lane, flush);
        if (atMs === "sent") continue;
        wakeAtMs = Math.min(wakeAtMs, atMs);
        break;
      }
    }
    return wakeAtMs;
  }

  /** Sends a lane's next batch if it is due. @returns when to look again, else */
  #serveLane(lane: Lane, flush: boolean, settings = this.#settings): number | "sent" {
    const { sizeBytes, records } = lane;
    const envelopeBytes = this.#window?.envelopeBytes;
    const pending = { records, sizeBytes, ...(envelopeBytes !== undefined && { envelopeBytes }) };
    const cut = cutBatch(pending, settings, this.#host.clock.now(), flush);
    if (cut.kind === "idle") return Infinity;
    if (cut.kind === "wait") return cut.untilMs;
    this.#window?.begin(records[0]?.arrivedAt ?? 0);
    const parts = [lane.take(cut.count)];
    // a FIFO queue gives nothing of a group while something of it is with us: what came together goes out one by one
    while (this.#scope.source.keepsOrder && records.length > 0) parts.push(lane.take(this.#fitting(lane)));
    this.#send(lane, this.#sender.deliver(parts));
    return "sent";
  }

  #fitting(lane: Lane): number {
    const cut = cutBatch(lane, this.#settings, 0, true);
    return cut.kind === "send" ? cut.count : lane.records.length;
  }

  /** As `#serveLane`, in tumbling windows: batches are of one window, and the function ends each before the next begins. */
  #serveWindow(lane: Lane, window: TumblingWindow, flush: boolean): number | "sent" {
    const now = this.#host.clock.now();
    const { records } = lane;
    const [first] = records;
    const { open } = window;
    const end = this.#endOf(window, first, now);
    // a mapping that has several lanes by now may have a window left: one of them ends it, the others wait
    if (end) return this.#lanes.areIdle ? this.#send(lane, this.#sender.endWindow(end)) : Infinity;
    if (!window.isUsed) return this.#serveLane(lane, flush);
    if (!first) return open && open.endMs > now ? open.endMs : Infinity;

    const { batchSize } = this.#settings;
    const together = window.together(records, batchSize);
    const isWhole = together < Math.min(records.length, batchSize);
    const endMs = window.endOf(first.arrivedAt);
    const settings = isWhole ? { ...this.#settings, batchSize: together } : this.#settings;
    const atMs = this.#serveLane(lane, flush || isWhole || (now >= endMs && this.#isAtTip), settings);
    return atMs === "sent" || endMs <= now ? atMs : Math.min(atMs, endMs);
  }

  /** How the open window is to be ended now, if it is. */
  #endOf(window: TumblingWindow, first: SourceRecord | undefined, now: number): WindowEnd | undefined {
    const { open } = window;
    if (!open) return undefined;
    if (window.isOverfull) return "early";
    if (window.isOutdated) return "final";
    const isOver = first
      ? window.startOf(first.arrivedAt) !== open.startMs
      : this.#hasEnded || (now >= open.endMs && this.#isAtTip);
    return isOver ? "final" : undefined;
  }

  #send(lane: Lane, work: Promise<void>): "sent" {
    lane.running++;
    this.#track(
      work.finally(() => {
        lane.running--;
        this.#schedule();
      }),
    );
    return "sent";
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
      if (!this.#scope.draining.aborted) this.#pause(error as Error);
    } finally {
      this.#isReading = false;
      this.#schedule();
    }
  }

  #pause(error: Error): void {
    this.#readError = { at: this.#host.clock.now(), message: `${error.name}: ${error.message}` };
    this.#scope.onReadError(error);
    this.#retry = this.#host.scheduler.after(backoffMs(++this.#readFailures), () => {
      this.#retry = undefined;
      this.wake();
    });
  }

  #take({ records, count, hasEnded }: ReadResult): void {
    this.#scope.tally.add("read", count);
    for (const record of records) this.#lanes.add(record);
    this.#hasEnded = hasEnded;
    if (hasEnded) this.#scope.onClosed();
  }

  /** How many more records may be read now. */
  #room(): number {
    if (this.#lanes.sizeBytes >= MAXIMUM_WAITING_BYTES) return 0;
    return Math.max(0, Math.min(this.#lanes.room, MAXIMUM_OUTSTANDING - this.#reader.outstanding));
  }

  #arm(wakeAtMs: number): void {
    const { scheduler, clock } = this.#host;
    const now = clock.now();
    const renewAtMs = this.latestIterator !== undefined && !this.#isReading ? now + RENEW_LATEST_MS : Infinity;
    if (renewAtMs < wakeAtMs) this.#timer = scheduler.after(RENEW_LATEST_MS, () => this.wake());
    else if (wakeAtMs !== Infinity) this.#timer = scheduler.after(wakeAtMs - now, () => this.#schedule());
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#host.log.error("event source mapping failed", { error }))
      .finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
  }
}
