import type { Clock } from "../../../emulator/runtime/clock.ts";
import type { Throttle } from "../model.ts";

interface Bucket {
  tokens: number;
  /** Epoch milliseconds of the last look. */
  at: number;
}

/** Buckets that are kept; full ones are forgotten when there are more. */
const MOST_BUCKETS = 50_000;

/** Token buckets by name: each holds up to `burstLimit` tokens and gains `rateLimit` of them a second. */
export class Throttles {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a token of every limit, or of none when one of them has none left. */
  admit(limits: readonly { readonly key: string; readonly limit: Throttle }[]): boolean {
    const now = this.#clock.now();
    const buckets: Bucket[] = [];
    for (const { key, limit } of limits) {
      const { rateLimit = Number.POSITIVE_INFINITY, burstLimit = Number.POSITIVE_INFINITY } = limit;
      if (rateLimit === Number.POSITIVE_INFINITY && burstLimit === Number.POSITIVE_INFINITY) continue;
      const bucket = this.#fill(key, rateLimit, burstLimit, now);
      if (bucket.tokens < 1) return false;
      buckets.push(bucket);
    }
    for (const bucket of buckets) bucket.tokens--;
    return true;
  }

  #fill(key: string, rate: number, burst: number, now: number): Bucket {
    const most = Number.isFinite(burst) ? burst : Math.max(rate, 1);
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      if (this.#buckets.size >= MOST_BUCKETS) this.#buckets.clear();
      this.#buckets.set(key, (bucket = { tokens: most, at: now }));
    }
    const elapsedSeconds = Math.max(0, now - bucket.at) / 1000;
    // a limit may have changed: a bucket holds no more than it may now
    const gained = Number.isFinite(rate) ? elapsedSeconds * rate : most;
    bucket.tokens = Math.min(most, bucket.tokens + gained);
    bucket.at = now;
    return bucket;
  }
}
