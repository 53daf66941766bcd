import type { Table } from "../../emulator/storage/storage.ts";

export interface Queued<V> {
  readonly number: number;
  readonly value: V;
}

/** The first part of every key: there is one queue. */
const QUEUE = "queue";

/** What waits for its delivery, in its order. Numbers rise for as long as the emulator runs, also when all before are delivered. */
export class QueueTable<V> {
  readonly #table: Table<V>;
  #last: number | undefined;

  constructor(table: Table<V>) {
    this.#table = table;
  }

  add(make: (number: number) => V): void {
    if (this.#last === undefined) {
      const [last] = this.#table.under([QUEUE], { reverse: true, limit: 1 });
      this.#last = Number(last?.key[1] ?? 0);
    }
    const number = ++this.#last;
    this.#table.put([QUEUE, number], make(number));
  }

  *all(range: { readonly limit?: number } = {}): Generator<Queued<V>> {
    for (const { key, value } of this.#table.under([QUEUE], range)) yield { number: key[1] as number, value };
  }

  remove(number: number): void {
    this.#table.remove([QUEUE, number]);
  }
}
