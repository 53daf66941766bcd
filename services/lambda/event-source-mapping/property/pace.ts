import type { ManualClock } from "../../../../emulator/runtime/scheduler.ts";
import { Violation } from "./violation.ts";

/** Turns of the event loop in which nothing happens: nothing will, until time passes. */
const QUIET_TURNS = 8;
const MOST_TURNS = 50_000;
/** Timers on the way of one wait: it ends early rather than take long. */
const MOST_STOPS = 40;

export const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Has time pass and the event loop turn. No timer fires before what the one before it began has come to rest. */
export class Pace {
  readonly #clock: ManualClock;
  readonly #onRest: () => void;
  #stirs = 0;
  #turn = 0;

  constructor(clock: ManualClock, onRest: () => void) {
    this.#clock = clock;
    this.#onRest = onRest;
  }

  get turn(): number {
    return this.#turn;
  }

  get now(): number {
    return this.#clock.now();
  }

  /** Whether anything waits for time to pass. */
  get hasTimers(): boolean {
    return this.#clock.nextAt !== Infinity;
  }

  /** Something happens: there is no rest yet. */
  stir(): void {
    this.#stirs++;
  }

  async turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) {
      this.#turn++;
      await nextTurn();
    }
  }

  /** Until nothing happens any more without time passing. */
  async rest(): Promise<void> {
    const last = this.#turn + MOST_TURNS;
    for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
      const stirs = this.#stirs;
      await this.turns(1);
      if (stirs !== this.#stirs) quiet = -1;
      if (this.#turn > last) throw new Violation("the engine is never at rest, though no time passes");
    }
    this.#onRest();
  }

  async wait(ms: number): Promise<void> {
    const until = this.now + ms;
    await this.rest();
    for (let stop = 0; stop < MOST_STOPS && this.#clock.nextAt <= until; stop++) await this.nextTimer();
    if (this.#clock.nextAt > until) await this.#clock.advance(until - this.now);
  }

  async nextTimer(): Promise<void> {
    await this.#clock.advance(this.#clock.nextAt - this.now);
    await this.rest();
  }
}
