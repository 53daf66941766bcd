import type { Clock } from "../../../emulator/runtime/clock.ts";
import type { Throttle } from "../model.ts";

interface Bucket {
  tokens: number;
  /** Epoch milliseconds of the last look. */
  at: number;
  /** What it holds at the most, and gains a second. */
  most: number;
  rate: number;
}

/** Sums of what was gained bit by bit fall short of the whole by so much. */
const ROUNDING = 1e-9;

/** Buckets that are kept; when there are more, those that are full again are forgotten. */
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
      if (bucket.tokens < 1 - ROUNDING) return false;
      buckets.push(bucket);
    }
    for (const bucket of buckets) bucket.tokens--;
    return true;
  }

  #fill(key: string, rate: number, burst: number, now: number): Bucket {
    const most = Number.isFinite(burst) ? burst : Math.max(rate, 1);
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      if (this.#buckets.size >= MOST_BUCKETS) this.#makeRoom(now);
      this.#buckets.set(key, (bucket = { tokens: most, at: now, most, rate }));
    }
    // a limit may have changed: a bucket holds no more than it may now
    bucket.most = most;
    bucket.rate = rate;
    bucket.tokens = tokensAt(bucket, now);
    bucket.at = now;
    return bucket;
  }

  /** A full bucket says what none would. Where none is full, all go. */
  #makeRoom(now: number): void {
    for (const [key, bucket] of this.#buckets) if (tokensAt(bucket, now) >= bucket.most) this.#buckets.delete(key);
    if (this.#buckets.size >= MOST_BUCKETS) this.#buckets.clear();
  }
}

function tokensAt({ tokens, at, most, rate }: Bucket, now: number): number {
  const elapsedSeconds = Math.max(0, now - at) / 1000;
  const gained = Number.isFinite(rate) ? elapsedSeconds * rate : most;
  return Math.min(most, tokens + gained);
}
