/** Looks at which something has not changed, before it is taken as whole: batches of a second or so may still be on their way. */
const LOOKS = 8;

/** Tells which of several growing groups (the lines of an invoice, the stations of a day) are whole. Each is told once. */
export class Settled {
  readonly #groups = new Map<string, { size: number; looks: number }>();
  readonly #told = new Set<string>();

  /** How many groups there are by now. */
  get count(): number {
    return this.#groups.size;
  }

  /**
   * @param sizes of every group, as it is now
   * @param isWhole nothing more is to come
   * @returns the groups that have settled since the last look, in order
   */
  look(sizes: ReadonlyMap<string, number>, isWhole: boolean): string[] {
    const settled: string[] = [];
    for (const [name, size] of sizes) {
      const before = this.#groups.get(name);
      const looks = before?.size === size ? before.looks + 1 : 0;
      this.#groups.set(name, { size, looks });
      if ((looks < LOOKS && !isWhole) || this.#told.has(name)) continue;
      this.#told.add(name);
      settled.push(name);
    }
    return settled.toSorted((a, b) => (a < b ? -1 : 1));
  }
}
