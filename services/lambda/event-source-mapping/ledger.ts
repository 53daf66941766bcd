interface Entry {
  /** Where reading goes on once this and all before it are settled: the record's own, or that of a skipped one behind it. */
  sequenceNumber: string;
  /** Epoch milliseconds. */
  readonly arrivedAt: number;
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

  /** When the oldest of them arrived. */
  get oldestArrivedAt(): number | undefined {
    return this.#entries[this.#head]?.arrivedAt;
  }

  /** @returns the ordinal of the record */
  add(sequenceNumber: string, arrivedAt: number): number {
    this.#entries.push({ sequenceNumber, arrivedAt, settled: false });
    return this.#base + this.#entries.length - 1;
  }

  /**
   * Passes a record that the function is not to see: it takes no place, the record before it stands for it.
   * @returns the new checkpoint, where nothing before it is unsettled
   */
  skip(sequenceNumber: string): string | undefined {
    const last = this.size > 0 ? this.#entries.at(-1) : undefined;
    if (!last) return sequenceNumber;
    last.sequenceNumber = sequenceNumber;
    return undefined;
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
