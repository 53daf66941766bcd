const MINUTE_MS = 60_000;
/** A table may have to wait for so long until it takes double of a new peak. */
const WINDOW_MS = 30 * MINUTE_MS;

/**
 * How much an on-demand table took at most in the time before: it takes double of that at once. Peaks are those of whole minutes,
 * so that a burst of a second is none.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
 */
export class OnDemandPeak {
  #previous = 0;
  #highest = 0;
  #windowStart: number | undefined;
  #minute = 0;
  #taken = 0;

  /** Units a second. */
  previous(now: number): number {
    this.#turnTo(now);
    return this.#previous;
  }

  took(units: number, now: number): void {
    this.#turnTo(now);
    this.#taken += units;
  }

  #turnTo(now: number): void {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#highest = Math.max(this.#highest, this.#taken / (MINUTE_MS / 1_000));
      this.#taken = 0;
      this.#minute = minute;
    }
    this.#windowStart ??= now;
    if (now - this.#windowStart < WINDOW_MS) return;
    this.#previous = Math.max(this.#previous, this.#highest);
    this.#highest = 0;
    this.#windowStart = now;
  }
}
