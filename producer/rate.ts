import { setTimeout as delay } from "node:timers/promises";

export interface Timing {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Ends early, without an error, when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const systemTiming: Timing = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }).catch(() => undefined),
};

/** Rows are let go together at most this often: above 20 rows/s, several at a time. */
const TICK_MS = 50;

/** How far a standstill (a throttled stream, a suspended machine) is caught up; the rest of it is forgotten. */
const CATCH_UP_LIMIT_MS = 2000;

/** Lets rows go at a fixed rate. Each row has its time on one schedule, so that small delays do not add up. */
export class Pacer {
  readonly #intervalMs: number;
  readonly #timing: Timing;
  #startMs: number | undefined;
  #rows = 0;

  /** @param rate rows a second, 1 or more */
  constructor(rate: number, timing: Timing = systemTiming) {
    this.#intervalMs = 1000 / rate;
    this.#timing = timing;
  }

  /** Waits until the next row is due, or until the signal is aborted. */
  async next(signal: AbortSignal): Promise<void> {
    this.#startMs ??= this.#timing.now();
    const dueMs = this.#startMs + this.#rows * this.#intervalMs;
    this.#rows++;
    const waitMs = dueMs - this.#timing.now();
    if (waitMs > 0) await this.#timing.sleep(Math.max(waitMs, TICK_MS), signal);
    else if (-waitMs > CATCH_UP_LIMIT_MS) this.#startMs += -waitMs - CATCH_UP_LIMIT_MS;
  }

  /** The row that was let go was not sent after all: its turn goes to the next one. */
  giveBack(): void {
    this.#rows--;
  }
}
