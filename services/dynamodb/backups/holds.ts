/** The spaces that are being read by something that goes on for a while: they are not cleared away, even when their tables are gone. */
export class Holds {
  readonly #counts = new Map<number, number>();

  hold(...spaces: readonly (number | undefined)[]): void {
    for (const space of spaces) if (space !== undefined) this.#counts.set(space, (this.#counts.get(space) ?? 0) + 1);
  }

  release(...spaces: readonly (number | undefined)[]): void {
    for (const space of spaces) {
      if (space === undefined) continue;
      const left = (this.#counts.get(space) ?? 0) - 1;
      if (left > 0) this.#counts.set(space, left);
      else this.#counts.delete(space);
    }
  }

  has(space: number): boolean {
    return this.#counts.has(space);
  }
}
