const SECOND_MS = 1_000;
/** What sums of parts of units may be off by. */
const ROUNDING = 1e-9;

/**
 * Capacity units that flow in at a rate, and are saved up for some seconds while nobody takes them. It begins with what flows in
 * within a second.
 */
export class Measure {
  readonly #savedSeconds: number;
  #filledAt: number;
  #left: number | undefined;

  constructor(savedSeconds: number, since: number) {
    this.#savedSeconds = savedSeconds;
    this.#filledAt = since;
  }

  /** Whether `units` can be taken. More than flows in within a second needs no more than that, and leaves a debt behind. */
  has(units: number, rate: number, now: number): boolean {
    // a clock that was set back fills nothing, and is gone on from
    const passedMs = Math.max(0, now - this.#filledAt);
    this.#left = Math.min(rate * this.#savedSeconds, (this.#left ?? rate) + (passedMs * rate) / SECOND_MS);
    this.#filledAt = now;
    return this.#left + ROUNDING >= Math.min(units, rate);
  }

  take(units: number): void {
    this.#left = (this.#left ?? 0) - units;
  }

  /** Nothing was asked of it for so long that a new one would be the same. */
  isIdle(now: number): boolean {
    return now - this.#filledAt >= this.#savedSeconds * SECOND_MS && (this.#left ?? 0) >= 0;
  }
}
