import { clearImmediate, clearTimeout, setImmediate, setTimeout } from "node:timers";
import type { Clock } from "./clock.ts";

export interface Timer {
  cancel(): void;
}

/** Timers of the emulator. With a ManualClock they fire when a test steps the clock. */
export interface Scheduler {
  /** Runs `task` once, `delayMs` from now. A task that throws or rejects is logged; it never ends the process. */
  after(delayMs: number, task: () => void | Promise<void>): Timer;
  every(intervalMs: number, task: () => void | Promise<void>): Timer;
  /** Resolves `delayMs` from now; rejects with the signal's reason when aborted. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  stop(): void;
}

type Report = (error: unknown) => void;

abstract class BaseScheduler implements Scheduler {
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  abstract after(delayMs: number, task: () => void | Promise<void>): Timer;
  abstract stop(): void;

  every(intervalMs: number, task: () => void | Promise<void>): Timer {
    let cancelled = false;
    let timer: Timer;
    const next = async () => {
      await task();
    };
    const arm = () => {
      timer = this.after(intervalMs, async () => {
        try {
          await next();
        } finally {
          if (!cancelled) arm();
        }
      });
    };
    arm();
    return {
      cancel: () => {
        cancelled = true;
        timer.cancel();
      },
    };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = () => {
        timer.cancel();
        reject(signal?.reason as Error);
      };
      const timer = this.after(delayMs, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  protected run(task: () => void | Promise<void>): void {
    try {
      Promise.resolve(task()).catch(this.#report);
    } catch (error) {
      this.#report(error);
    }
  }
}

/** Node's longest timer, in milliseconds; longer delays are cut into pieces. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class SystemScheduler extends BaseScheduler {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #immediates = new Set<NodeJS.Immediate>();

  after(delayMs: number, task: () => void | Promise<void>): Timer {
    if (delayMs <= 0) return this.#nextTurn(task);
    let handle: NodeJS.Timeout;
    const arm = (leftMs: number) => {
      const piece = Math.min(leftMs, LONGEST_TIMER_MS);
      handle = setTimeout(() => {
        this.#timers.delete(handle);
        if (leftMs > piece) arm(leftMs - piece);
        else this.run(task);
      }, piece);
      this.#timers.add(handle);
    };
    arm(delayMs);
    return {
      cancel: () => {
        clearTimeout(handle);
        this.#timers.delete(handle);
      },
    };
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const immediate of this.#immediates) clearImmediate(immediate);
    this.#immediates.clear();
  }

  /** Before anything that is received from now on: Node's shortest timeout is a millisecond, in which a client can answer. */
  #nextTurn(task: () => void | Promise<void>): Timer {
    const handle = setImmediate(() => {
      this.#immediates.delete(handle);
      this.run(task);
    });
    this.#immediates.add(handle);
    return {
      cancel: () => {
        clearImmediate(handle);
        this.#immediates.delete(handle);
      },
    };
  }
}

/** An unexpected failure of a task is a bug: with a clock that a test steps, it fails the test. */
const rethrow: Report = (error) => {
  throw error;
};

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly task: () => void | Promise<void>;
}

/** A clock that stands still until a test steps it; the timers that come due on the way fire in order. */
export class ManualClock extends BaseScheduler implements Clock {
  #nowMs: number;
  #order = 0;
  readonly #entries = new Set<Entry>();

  constructor(startMs = Date.UTC(2026, 0, 1), report: Report = rethrow) {
    super(report);
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** When the next timer comes due, in epoch milliseconds; Infinity when there is none. */
  get nextAt(): number {
    let at = Infinity;
    for (const entry of this.#entries) at = Math.min(at, entry.at);
    return at;
  }

  after(delayMs: number, task: () => void | Promise<void>): Timer {
    const entry = { at: this.#nowMs + Math.max(0, delayMs), order: this.#order++, task };
    this.#entries.add(entry);
    return { cancel: () => this.#entries.delete(entry) };
  }

  /** Steps the time by `ms`. Awaits a turn of the event loop after each timer, so that what it started can arm more. */
  async advance(ms: number): Promise<void> {
    const target = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#entries]
        .filter((entry) => entry.at <= target)
        .toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!due) break;
      this.#entries.delete(due);
      this.#nowMs = Math.max(this.#nowMs, due.at);
      this.run(due.task);
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#nowMs = target;
  }

  stop(): void {
    this.#entries.clear();
  }
}
