interface Entry {
  readonly sequenceNumber: string;
  settled: boolean;
}

/** How many settled entries may lie before the array's live part until it is cut. */
const COMPACT_AFTER = 1024;

/**
 * What was read and is not behind the checkpoint yet. With several batches of a shard under way, records settle out of
 * order; the checkpoint is the last record before the first unsettled one.
 */
export class Ledger {
  #entries: Entry[] = [];
  #head = 0;
  /** Ordinal of `#entries[0]`. */
  #base = 0;

  /** Records read and not yet behind the checkpoint. */
  get size(): number {
    return this.#entries.length - this.#head;
  }

  /** @returns the ordinal of the record */
  add(sequenceNumber: string): number {
    this.#entries.push({ sequenceNumber, settled: false });
    return this.#base + this.#entries.length - 1;
  }

  /** @returns the new checkpoint, if it moved */
  settle(ordinals: Iterable<number>): string | undefined {
    for (const ordinal of ordinals) {
      const entry = this.#entries[ordinal - this.#base];
      if (entry) entry.settled = true;
    }
    let checkpoint: string | undefined;
    for (let entry = this.#entries[this.#head]; entry?.settled; entry = this.#entries[this.#head]) {
      checkpoint = entry.sequenceNumber;
      this.#head++;
    }
    if (this.#head >= COMPACT_AFTER || this.#head === this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#base += this.#head;
      this.#head = 0;
    }
    return checkpoint;
  }
}
