import type { Table } from "../../../emulator/storage/storage.ts";
import type { BucketRecord } from "../model.ts";
import type { LoggingTarget } from "./target.ts";

/** A record of a log on its way to its target. */
export interface PendingRecord {
  readonly source: Pick<BucketRecord, "name" | "account" | "region">;
  readonly target: LoggingTarget;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly line: string;
}

export interface Waiting {
  readonly number: number;
  readonly record: PendingRecord;
}

/** The first part of every key: there is one queue. */
const QUEUE = "queue";

/** The records of access logs that are not delivered yet, in their order. */
export class LogTable {
  readonly #records: Table<PendingRecord>;
  #last: number | undefined;

  constructor(records: Table<PendingRecord>) {
    this.#records = records;
  }

  add(record: PendingRecord): void {
    if (this.#last === undefined) {
      const [last] = this.#records.under([QUEUE], { reverse: true, limit: 1 });
      this.#last = Number(last?.key[1] ?? 0);
    }
    this.#records.put([QUEUE, ++this.#last], record);
  }

  first(limit: number): Waiting[] {
    return [...this.#records.under([QUEUE], { limit })].map(({ key, value }) => ({
      number: key[1] as number,
      record: value,
    }));
  }

  remove(numbers: readonly number[]): void {
    for (const number of numbers) this.#records.remove([QUEUE, number]);
  }
}
