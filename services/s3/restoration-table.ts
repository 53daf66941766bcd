import type { Table } from "../../emulator/storage/storage.ts";
import type { ObjectRecord } from "./model.ts";
import { versionIdOf } from "./version-id.ts";

/** The signal that there is a restoration to wait for. */
export const RESTORATIONS_SIGNAL = "s3/restorations";

/** When something happens to a restoration: its copy is there, or gone. */
export interface Due {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
}

/** The restorations that have not come to their end, by the time when something happens to them. Within transactions. */
export class RestorationTable {
  readonly #dues: Table<string>;

  constructor(dues: Table<string>) {
    this.#dues = dues;
  }

  add(bucket: string, key: string, record: ObjectRecord, nowMs: number): void {
    const { readyMs = 0, expiresMs = 0 } = record.restoration ?? {};
    for (const atMs of [readyMs, expiresMs]) {
      // what is there already, and is kept longer, was told of
      if (atMs > nowMs) this.#dues.put([atMs, bucket, key, versionIdOf(record)], "");
    }
  }

  /** In their order. */
  *all(): Generator<Due> {
    for (const [atMs, bucket, key, versionId] of this.#dues.keys() as Generator<[number, string, string, string]>) {
      yield { atMs, bucket, key, versionId };
    }
  }

  remove({ atMs, bucket, key, versionId }: Due): void {
    this.#dues.remove([atMs, bucket, key, versionId]);
  }
}
