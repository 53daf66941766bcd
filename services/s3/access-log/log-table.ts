import type { Storage } from "../../../emulator/storage/storage.ts";
import type { BucketRecord } from "../model.ts";
import { QueueTable, type Queued } from "../queue-table.ts";
import type { LoggingTarget } from "./target.ts";

/** A record of a log on its way to its target. */
export interface PendingRecord {
  readonly source: Pick<BucketRecord, "name" | "account" | "region">;
  readonly target: LoggingTarget;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly line: string;
}

/** The records of access logs that are not delivered yet, in their order. Each call is one transaction. */
export class LogTable {
  readonly #storage: Storage;
  readonly #records: QueueTable<PendingRecord>;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#records = new QueueTable(storage.table("s3/access-log"));
  }

  add(records: readonly PendingRecord[]): void {
    this.#storage.write(() => {
      for (const record of records) this.#records.add(() => record);
    });
  }

  first(limit: number): Queued<PendingRecord>[] {
    return [...this.#records.all({ limit })];
  }

  remove(numbers: readonly number[]): void {
    this.#storage.write(() => {
      for (const number of numbers) this.#records.remove(number);
    });
  }
}
