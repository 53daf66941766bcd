import type { Storage, Table as StorageTable } from "../../emulator/storage/storage.ts";
import type { Backup } from "./backups/model.ts";
import type { KeyAttribute } from "./expressions/index.ts";
import type { ExportJob } from "./export/model.ts";
import type { Keys, Table } from "./model.ts";
import type { Stream } from "./streams/model.ts";

/** As they were kept before those of indexes could have several attributes. */
interface SingleKeys {
  readonly partition: KeyAttribute;
  readonly sort?: KeyAttribute;
}

/** Writes anew what an earlier version has kept of keys; those of items have stayed as they were. */
export function upgradeStoredKeys(storage: Storage): void {
  storage.write(() => {
    rewrite<Table>(storage.table("dynamodb/tables"), ({ keys }) => keys, upgraded);
    rewrite<Backup>(storage.table("dynamodb/backups"), ({ table }) => table.keys, withUpgradedTable);
    rewrite<ExportJob>(storage.table("dynamodb/exports"), ({ table }) => table.keys, withUpgradedTable);
    rewrite<Stream>(storage.table("dynamodb/streams"), ({ keys }) => keys, withLists);
  });
}

function rewrite<V>(kept: StorageTable<V>, keysOf: (value: V) => Keys | SingleKeys, renewed: (value: V) => V): void {
  const outdated = [...kept.range()].filter(({ value }) => !Array.isArray(keysOf(value).partition));
  for (const { key, value } of outdated) kept.put(key, renewed(value));
}

const withUpgradedTable = <V extends { readonly table: Table }>(value: V): V => ({
  ...value,
  table: upgraded(value.table),
});

const upgraded = (table: Table): Table => ({ ...withLists(table), indexes: table.indexes.map(withLists) });

function withLists<V extends { readonly keys: Keys | SingleKeys }>(value: V): V {
  const { partition, sort } = value.keys as SingleKeys;
  const keys: Keys = { partition: [partition], sort: sort === undefined ? [] : [sort] };
  return { ...value, keys };
}
