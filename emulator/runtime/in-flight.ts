/**
 * What has begun and not ended yet, where a thousand a second do. A Set grows a new table every few of them, and V8 keeps the old
 * ones, with all that was in them, until it collects the whole heap: places that are used again leave nothing behind.
 */
export class InFlight<T> {
  readonly #places: (T | undefined)[] = [];
  readonly #free: number[] = [];

  /** @returns its place */
  add(item: T): number {
    const place = this.#free.pop() ?? this.#places.length;
    this.#places[place] = item;
    return place;
  }

  remove(place: number): void {
    this.#places[place] = undefined;
    this.#free.push(place);
  }

  all(): T[] {
    return this.#places.filter((item) => item !== undefined);
  }
}
