/** Contributors that are kept when there have been twice as many. */
const MOST_KEPT = 500;
/** Hashes by which the number of contributors is estimated, to within some three per cent. */
const MOST_HASHES = 1024;
const HASHES = 2 ** 53;

/** A contributor as it is kept: its keys (as JSON), see `Counter` for the numbers. */
type StoredContributor = readonly [id: string, sum: number, before: number, max: number];

/** A tally as it is kept. */
export interface StoredTally {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** What a contributor that is not among these has contributed at most. */
  readonly missed: number;
  readonly contributors: readonly StoredContributor[];
  /** Only where contributors have been let go of: the smallest hashes of all of them. */
  readonly hashes?: readonly number[];
}

export interface Contributor {
  readonly keys: readonly string[];
  /** Exact, unless it was let go of before: then it is what came since. */
  readonly sum: number;
  /** The most that it contributed at once. */
  readonly max: number;
}

interface Counter {
  sum: number;
  /** What it has contributed at most before it was counted. */
  before: number;
  max: number;
}

/**
 * What contributors have contributed in a stretch of time. Up to 1,000 of them it is exact. Of more, those with the least are let go of,
 * by halves; whoever comes anew is taken to have had before as much as they (Space-Saving by Metwally, Agrawal and El Abbadi), so
 * that whoever has much is found, and nothing is told of anybody that was not seen.
 */
export class Tally {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  #missed = 0;
  readonly #counters = new Map<string, Counter>();
  #hashes: Set<number> | undefined;

  add(keys: readonly string[], value: number): void {
    this.count++;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    const id = JSON.stringify(keys);
    const known = this.#counters.get(id);
    if (known === undefined) this.#enter(id, { sum: value, before: this.#missed, max: value });
    else {
      known.sum += value;
      known.max = Math.max(known.max, value);
    }
  }

  merge(other: StoredTally): void {
    this.count += other.count;
    this.sum += other.sum;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    if (other.hashes) {
      this.#hashes ??= this.#hashesOfKept();
      for (const hash of other.hashes) this.#hashes.add(hash);
    }
    const missed = this.#missed;
    this.#missed += other.missed;
    for (const counter of this.#counters.values()) counter.before += other.missed;
    for (const [id, sum, before, max] of other.contributors) {
      const known = this.#counters.get(id);
      if (known === undefined) this.#enter(id, { sum, before: before + missed, max });
      else {
        known.sum += sum;
        known.before += before - other.missed;
        known.max = Math.max(known.max, max);
      }
    }
  }

  /** How many contributors there are; an estimate where there are more than are kept. */
  get unique(): number {
    const hashes = this.#hashes && smallest(this.#hashes);
    if (hashes === undefined) return this.#counters.size;
    const last = hashes.at(-1);
    if (hashes.length < MOST_HASHES || last === undefined) return hashes.length;
    return Math.round(((MOST_HASHES - 1) * HASHES) / last);
  }

  /** Those that are kept, in no order. */
  *contributors(): Generator<Contributor> {
    for (const [id, { sum, max }] of this.#counters) yield { keys: JSON.parse(id) as string[], sum, max };
  }

  stored(): StoredTally {
    const { count, sum, min, max } = this;
    return {
      count,
      sum,
      min,
      max,
      missed: this.#missed,
      contributors: [...this.#counters].map(([id, counter]) => [id, counter.sum, counter.before, counter.max] as const),
      ...(this.#hashes && { hashes: smallest(this.#hashes) }),
    };
  }

  #enter(id: string, counter: Counter): void {
    this.#counters.set(id, counter);
    this.#hashes?.add(hashOf(id));
    if (this.#counters.size > 2 * MOST_KEPT) this.#prune();
  }

  #prune(): void {
    this.#hashes = new Set(smallest(this.#hashes ?? this.#hashesOfKept()));
    const ordered = [...this.#counters].toSorted(([, a], [, b]) => b.sum + b.before - a.sum - a.before);
    for (const [id, { sum, before }] of ordered.slice(MOST_KEPT)) {
      this.#counters.delete(id);
      this.#missed = Math.max(this.#missed, sum + before);
    }
  }

  #hashesOfKept(): Set<number> {
    return new Set([...this.#counters.keys()].map(hashOf));
  }
}

/** The smallest values of a hash say how many different ones there are. */
const smallest = (hashes: Iterable<number>): number[] =>
  Array.from(Float64Array.from(hashes).toSorted().subarray(0, MOST_HASHES));

/** 53 bits: FNV-1a twice, with different beginnings, each mixed at the end. */
function hashOf(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
  }
  return (mixed(high) >>> 11) * 2 ** 32 + mixed(low);
}

/** The end of MurmurHash3: every bit of the input changes half of those of the output. */
function mixed(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
