import type { Storage, Table as StorageTable } from "../../../emulator/storage/storage.ts";

/** A change on its way to a stream. */
export interface Outgoing {
  readonly tableName: string;
  readonly streamArn: string;
  /** One for each item. */
  readonly partitionKey: string;
  /** Epoch milliseconds. */
  readonly changedAt: number;
  readonly text: string;
}

export interface Kept {
  readonly number: number;
  readonly outgoing: Outgoing;
}

/** What one call of PutRecords takes. */
const MOST_RECORDS = 500;
const MOST_BYTES = 4 * 1024 * 1024;

/** The changes that have happened and that streams have not been given yet: by destination, in their order. */
export class Outbox {
  readonly #kept: StorageTable<Outgoing>;
  readonly #scope: readonly [string, string];
  readonly #last = new Map<number, number>();

  constructor(storage: Storage, { account, region }: { account: string; region: string }) {
    this.#kept = storage.table("dynamodb/kinesis-outbox");
    this.#scope = [account, region];
  }

  /** To be called in the transaction of the change. */
  put(space: number, outgoing: Outgoing): void {
    const number = this.#lastOf(space) + 1;
    this.#last.set(space, number);
    this.#kept.put([...this.#scope, space, number], outgoing);
  }

  /** The destinations that something waits for. */
  *spaces(): Generator<number> {
    const spaces = new Set<number>();
    for (const key of this.#kept.keys({ start: [...this.#scope], end: [...this.#scope, ""] })) {
      const space = Number(key[2]);
      if (!spaces.has(space)) yield space;
      spaces.add(space);
    }
  }

  /** The first that wait: no two of one item, as the second may be taken where the first is not. */
  next(space: number): Kept[] {
    const batch: Kept[] = [];
    const items = new Set<string>();
    let bytes = 0;
    for (const { key, value } of this.#kept.under([...this.#scope, space])) {
      bytes += Buffer.byteLength(value.text);
      if (items.has(value.partitionKey) || batch.length === MOST_RECORDS || (bytes > MOST_BYTES && batch.length > 0)) {
        break;
      }
      items.add(value.partitionKey);
      batch.push({ number: Number(key[3]), outgoing: value });
    }
    return batch;
  }

  remove(space: number, numbers: readonly number[]): void {
    for (const number of numbers) this.#kept.remove([...this.#scope, space, number]);
  }

  #lastOf(space: number): number {
    const known = this.#last.get(space);
    if (known !== undefined) return known;
    for (const { key } of this.#kept.under([...this.#scope, space], { reverse: true, limit: 1 })) return Number(key[3]);
    return 0;
  }
}
