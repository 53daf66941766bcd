import type { Shard } from "../model.ts";

/**
 * What one shard takes and gives in a second. Kept in memory: after a restart it begins with a full measure.
 * @see https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */

export const WRITTEN_RECORDS_PER_SECOND = 1_000;
export const WRITTEN_BYTES_PER_SECOND = 1 << 20;
const READS_PER_SECOND = 5;
const ITERATORS_PER_SECOND = 5;
export const READ_BYTES_PER_SECOND = 2 << 20;

const SECOND_MS = 1_000;

/** What was written since it was asked for the last time: for the growth of on-demand streams. */
export interface Load {
  readonly records: number;
  readonly bytes: number;
  /** Whether the records have hash keys that a split could part. */
  readonly isMixed: boolean;
}

export class ShardThroughput {
  #records = WRITTEN_RECORDS_PER_SECOND;
  #bytes = WRITTEN_BYTES_PER_SECOND;
  #filledAt = 0;
  #load = { records: 0, bytes: 0, isMixed: false };
  /** The first 32 bits of the first record's. */
  #hashKey: number | undefined;
  readonly #reads = new CallWindow(READS_PER_SECOND);
  readonly #iterators = new CallWindow(ITERATORS_PER_SECOND);
  #readBytes = 0;

  /**
   * Whether the shard takes a record now. A record that is larger than what flows in a second needs a full measure and leaves a
   * debt, so that the rate is kept over time.
   */
  write(sizeBytes: number, hashKey: number, now: number): boolean {
    if (now !== this.#filledAt) this.#fill(now);
    if (this.#records < 1 || this.#bytes < Math.min(sizeBytes, WRITTEN_BYTES_PER_SECOND)) return false;
    this.#records--;
    this.#bytes -= sizeBytes;
    this.#load.records++;
    this.#load.bytes += sizeBytes;
    if (hashKey !== this.#hashKey) this.#load.isMixed = this.#hashKey !== undefined;
    this.#hashKey ??= hashKey;
    return true;
  }

  takeLoad(): Load {
    const load = this.#load;
    this.#load = { records: 0, bytes: 0, isMixed: false };
    this.#hashKey = undefined;
    return load;
  }

  /** Whether the shard may be read now: five times a second, and no more after 2 MiB until the second is over. */
  mayRead(now: number): boolean {
    if (this.#reads.isOver(now)) this.#readBytes = 0;
    return this.#readBytes < READ_BYTES_PER_SECOND && this.#reads.admits(now);
  }

  /** What a read answered: 10 MiB are what flows in five seconds, for which nothing more is read. */
  hasRead(bytes: number): void {
    this.#readBytes += bytes;
    this.#reads.lastsAtLeast((this.#readBytes / READ_BYTES_PER_SECOND) * SECOND_MS);
  }

  mayGetIterator(now: number): boolean {
    return this.#iterators.admits(now);
  }

  #fill(now: number): void {
    // a clock that was set back fills nothing, and is gone on from
    const passedMs = Math.max(0, now - this.#filledAt);
    this.#records = Math.min(
      WRITTEN_RECORDS_PER_SECOND,
      this.#records + (passedMs * WRITTEN_RECORDS_PER_SECOND) / SECOND_MS,
    );
    this.#bytes = Math.min(WRITTEN_BYTES_PER_SECOND, this.#bytes + (passedMs * WRITTEN_BYTES_PER_SECOND) / SECOND_MS);
    this.#filledAt = now;
  }
}

/** So many calls in a second, which begins with the first of them. */
class CallWindow {
  readonly #most: number;
  #calls = 0;
  #start = Number.NEGATIVE_INFINITY;
  #lengthMs = SECOND_MS;

  constructor(most: number) {
    this.#most = most;
  }

  isOver(now: number): boolean {
    return now >= this.#start + this.#lengthMs || now < this.#start;
  }

  admits(now: number): boolean {
    if (this.isOver(now)) {
      this.#start = now;
      this.#lengthMs = SECOND_MS;
      this.#calls = 0;
    }
    if (this.#calls >= this.#most) return false;
    this.#calls++;
    return true;
  }

  lastsAtLeast(ms: number): void {
    this.#lengthMs = Math.max(this.#lengthMs, ms);
  }
}

/** The rates of a stream's shards. */
export class StreamThroughput {
  readonly #shards = new Map<number, ShardThroughput>();

  of({ number }: Pick<Shard, "number">): ShardThroughput {
    let shard = this.#shards.get(number);
    if (!shard) this.#shards.set(number, (shard = new ShardThroughput()));
    return shard;
  }

  forget(number: number): void {
    this.#shards.delete(number);
  }
}
