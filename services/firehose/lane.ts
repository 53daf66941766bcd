import { setImmediate } from "node:timers";
import type { Clock } from "../../emulator/runtime/clock.ts";
import type { Scheduler, Timer } from "../../emulator/runtime/scheduler.ts";
import type { Entry, LaneId } from "./model.ts";

export interface LaneSettings {
  /** What makes a buffer full. */
  readonly bytes: number;
  /** How long the oldest entry waits. */
  readonly intervalMs: number;
}

export interface LaneWork {
  settings(): LaneSettings;
  /** An object of this lane was begun, before the lane was made. */
  readonly isUnfinished: boolean;
  /** Does away with the first entries, some or all. @returns how many; 0: it failed and is to be tried again */
  run(entries: readonly Entry[]): Promise<number>;
  /** The lane has nothing left to do. */
  onIdle(): void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** One buffer of a stream: waits until it is full or old enough, and then works, one piece after another. */
export class Lane {
  readonly id: LaneId;
  readonly #work: LaneWork;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  #entries: Entry[] = [];
  #bytes = 0;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;
  #isUnfinished: boolean;
  #failures = 0;
  #retryAt = 0;

  constructor(id: LaneId, work: LaneWork, host: { readonly clock: Clock; readonly scheduler: Scheduler }) {
    this.id = id;
    this.#work = work;
    this.#clock = host.clock;
    this.#scheduler = host.scheduler;
    this.#isUnfinished = work.isUnfinished;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0 && this.#running === undefined;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
    this.consider();
  }

  /** To be called as well when the settings have changed. */
  consider(): void {
    if (this.#running !== undefined || this.#isStopped || this.#entries.length === 0) return;
    const waitMs = this.#waitMs();
    if (waitMs > 0) return this.#arm(waitMs);
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#entries.length === 0) this.#work.onIdle();
      else this.consider();
    });
  }

  /** What failed is tried at once: its settings have changed. */
  retry(): void {
    this.#retryAt = 0;
    this.consider();
  }

  /** @returns when the work that is under way is done */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  #waitMs(): number {
    const now = this.#clock.now();
    const oldest = this.#entries[0];
    if (oldest === undefined) return Number.POSITIVE_INFINITY;
    const { bytes, intervalMs } = this.#work.settings();
    const isDue = this.#isUnfinished || this.#bytes >= bytes;
    const due = isDue ? now : oldest.bufferedAt + intervalMs;
    return Math.max(due, this.#retryAt) - now;
  }

  #arm(waitMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#scheduler.after(waitMs, () => {
      this.#timer = undefined;
      this.consider();
    });
  }

  async #run(): Promise<void> {
    // what came together stays together: the call that filled the buffer is to be answered first
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (!this.#isStopped && this.#entries.length > 0 && this.#waitMs() <= 0) {
      const done = await this.#work.run(this.#entries);
      if (done === 0) {
        this.#isUnfinished = true;
        this.#retryAt = this.#clock.now() + Math.min(FIRST_PAUSE_MS * 2 ** this.#failures++, LONGEST_PAUSE_MS);
        continue;
      }
      this.#isUnfinished = false;
      this.#failures = 0;
      this.#retryAt = 0;
      const gone = this.#entries.slice(0, done);
      this.#entries = this.#entries.slice(done);
      this.#bytes -= gone.reduce((sum, entry) => sum + entry.bytes, 0);
    }
  }
}
