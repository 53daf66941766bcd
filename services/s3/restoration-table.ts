import { createHash } from "node:crypto";
import type { Table } from "../../emulator/storage/storage.ts";
import type { ObjectRecord } from "./model.ts";
import { versionIdOf } from "./version-id.ts";

/** The signal that there is a restoration to wait for. */
export const RESTORATIONS_SIGNAL = "s3/restorations";

export interface Restored {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
}

/** When something happens to a restoration: its copy is there, or gone. */
export interface Due extends Restored {
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** An object's key may be longer than a part of a table's key, and have what such a part cannot have: its digest stands for it. */
const keyOf = ({ atMs, bucket, key, versionId }: Due): [number, string] => [
  atMs,
  createHash("sha256").update(`${bucket}\0${versionId}\0${key}`).digest("hex"),
];

/** The restorations that have not come to their end, by the time when something happens to them. Within transactions. */
export class RestorationTable {
  readonly #dues: Table<Restored>;

  constructor(dues: Table<Restored>) {
    this.#dues = dues;
  }

  add(bucket: string, key: string, record: ObjectRecord, nowMs: number): void {
    const { readyMs = 0, expiresMs = 0 } = record.restoration ?? {};
    const restored = { bucket, key, versionId: versionIdOf(record) };
    for (const atMs of [readyMs, expiresMs]) {
      // what is there already, and is kept longer, was told of
      if (atMs > nowMs) this.#dues.put(keyOf({ atMs, ...restored }), restored);
    }
  }

  /** In their order. */
  *all(): Generator<Due> {
    for (const { key, value } of this.#dues.range()) yield { atMs: key[0] as number, ...value };
  }

  remove(due: Due): void {
    this.#dues.remove(keyOf(due));
  }
}
