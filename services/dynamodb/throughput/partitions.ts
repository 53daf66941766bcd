import { Measure } from "./measure.ts";

/** Of these, those that nobody uses are forgotten. */
const MOST_KNOWN = 10_000;
const SAVED_SECONDS = 1;

/** What is left to each partition, by its key: no burst of the table helps a hot one. */
export class Partitions {
  readonly #measures = new Map<string, Measure>();
  #pruneAt = MOST_KNOWN;

  of(partition: Uint8Array, now: number): Measure {
    const key = Buffer.from(partition.buffer, partition.byteOffset, partition.byteLength).toString("latin1");
    let measure = this.#measures.get(key);
    if (measure === undefined) {
      if (this.#measures.size >= this.#pruneAt) this.#prune(now);
      this.#measures.set(key, (measure = new Measure(SAVED_SECONDS, now)));
    }
    return measure;
  }

  #prune(now: number): void {
    for (const [key, measure] of this.#measures) if (measure.isIdle(now)) this.#measures.delete(key);
    this.#pruneAt = Math.max(MOST_KNOWN, this.#measures.size * 2);
  }
}
