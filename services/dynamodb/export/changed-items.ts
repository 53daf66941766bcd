import { setImmediate as nextTurn } from "node:timers/promises";
import type { Storage, Table as StorageTable } from "../../../emulator/storage/storage.ts";
import type { Change } from "../backups/change-log.ts";
import { itemKey, SPACE_BYTES, spacePrefix } from "../item-keys.ts";
import { StoredItem } from "../item-store.ts";
import type { Table } from "../model.ts";
import type { DynamoDbStore } from "../store.ts";
import type { Period } from "./model.ts";

const CHANGES_AT_ONCE = 500;

/** An item that changed in a period. */
export interface ChangedItem {
  /** Before its first change; with a size of 0 the key of one that was not there. */
  readonly before: StoredItem;
  /** The time of its last change. */
  readonly lastAt: number;
  /** Where it stands in a space. */
  keyIn(space: number): Buffer;
}

/** The items that changed in a period, each once, in a space of their own. */
export class ChangedItems {
  readonly #items: StorageTable<string>;
  readonly #store: DynamoDbStore;
  readonly #space: number;

  constructor(storage: Storage, store: DynamoDbStore, space: number) {
    this.#items = storage.table("dynamodb/items", { keys: "binary", values: "string" });
    this.#store = store;
    this.#space = space;
  }

  /** Reads the log of a period, by pieces. */
  async collect(table: Table, log: number, { from, to }: Period): Promise<void> {
    const target = { ...table, space: this.#space };
    let after: Uint8Array | undefined;
    for (;;) {
      const changes: Change[] = [];
      for (const change of this.#store.changes.forwards(log, from, to, after)) {
        changes.push(change);
        if (changes.length === CHANGES_AT_ONCE) break;
      }
      if (changes.length === 0) return;
      this.#store.write(() => {
        for (const { at, before } of changes) {
          const key = itemKey(target, before.item);
          const first = this.#items.get(key)?.replace(/^\d+ /, "") ?? before.kept;
          this.#items.put(key, `${at} ${first}`);
        }
      });
      after = changes.at(-1)?.key;
      await nextTurn();
    }
  }

  /** From `start` on, some of them. */
  read(
    start: Uint8Array,
    end: Uint8Array,
    limit: number,
  ): { readonly key: Uint8Array; readonly changed: ChangedItem }[] {
    return [...this.#items.range({ start, end, exclusiveStart: true, limit })].map(({ key: bytes, value }) => {
      const key = bytes as unknown as Uint8Array;
      const [lastAt = ""] = value.split(" ", 1);
      const keyIn = (space: number) => Buffer.concat([spacePrefix(space), key.subarray(SPACE_BYTES)]);
      return {
        key,
        changed: { before: new StoredItem(value.slice(lastAt.length + 1)), lastAt: Number(lastAt), keyIn },
      };
    });
  }
}
