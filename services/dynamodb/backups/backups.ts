import type { Host } from "../../../emulator/model/context.ts";
import type { Table as StorageTable } from "../../../emulator/storage/storage.ts";
import type { Table } from "../model.ts";
import type { DynamoDbStore } from "../store.ts";
import { jobArn, parseJobArn } from "./backup-arn.ts";
import { backupBeingCreated, backupBeingRestored, backupNotFound, invalidBackupArn, systemBackup } from "./errors.ts";
import { jobId, type Backup } from "./model.ts";
import { beginSnapshot } from "./snapshots.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long the backup of a deleted table is kept. */
const DELETED_TABLE_MS = 35 * DAY_MS;
const SUFFIX_DIGITS = 8;

/** Backups of the tables of one account and region: they outlive their tables. */
export class Backups {
  readonly #store: DynamoDbStore;
  readonly #host: Host;
  readonly #backups: StorageTable<Backup>;

  constructor(store: DynamoDbStore, host: Host) {
    this.#store = store;
    this.#host = host;
    this.#backups = host.storage.table("dynamodb/backups");
    for (const backup of this.list()) {
      if (backup.snapshot !== undefined) this.#begin(backup);
      this.#armExpiry(backup);
    }
  }

  /** Begins a backup of the table as it is now. */
  create(table: Table, name: string): Backup {
    const now = this.#host.clock.now();
    const id = jobId(now, this.#host.ids.hex(SUFFIX_DIGITS));
    const backup = this.#store.write((): Backup => {
      const log = this.#store.allocateSpace();
      const counts = this.#store.items.counts(table.space);
      const created: Backup = {
        arn: jobArn(table.arn, "backup", id),
        id,
        name,
        type: "USER",
        createdAt: now,
        table,
        itemCount: counts.items,
        sizeBytes: counts.bytes,
        space: this.#store.allocateSpace(),
        // its own log holds what comes after it, and nothing else
        snapshot: beginSnapshot(table.space, log, 0),
      };
      this.#store.putTable({ ...table, logs: [...(table.logs ?? []), log] });
      this.#put(created);
      return created;
    });
    this.#begin(backup);
    return backup;
  }

  /** Keeps the items of a table that is being removed. To be called in the transaction that removes it. */
  keepDeleted(table: Table): void {
    const now = this.#host.clock.now();
    const id = jobId(now, "0".repeat(SUFFIX_DIGITS));
    const counts = this.#store.items.counts(table.space);
    const backup: Backup = {
      arn: jobArn(table.arn, "backup", id),
      id,
      name: `${table.name}$DeletedTableBackup`,
      type: "SYSTEM",
      createdAt: now,
      expiresAt: now + DELETED_TABLE_MS,
      table,
      itemCount: counts.items,
      sizeBytes: counts.bytes,
      space: table.space,
    };
    this.#put(backup);
    this.#armExpiry(backup);
  }

  /** @throws AwsError ValidationException, AccessDeniedException, BackupNotFoundException */
  get(arn: string): Backup {
    const { region, tableName, id } = parseJobArn(arn, "backup", this.#store.account, invalidBackupArn);
    const backup = region === this.#store.region ? this.#backups.get(this.#key({ tableName, id })) : undefined;
    if (backup === undefined) throw backupNotFound(arn);
    return backup;
  }

  /** @throws AwsError ValidationException, AccessDeniedException, BackupNotFoundException, BackupInUseException */
  delete(arn: string): Backup {
    const backup = this.get(arn);
    if (backup.expiresAt !== undefined) throw systemBackup(arn, backup.expiresAt);
    if (backup.snapshot !== undefined) throw backupBeingCreated(arn);
    if (this.#store.restores.ofBackup(arn) !== undefined) throw backupBeingRestored(arn);
    this.#remove(backup);
    return backup;
  }

  /** In the order of their tables' names and of their times, behind `after`. */
  *list(tableName?: string, after?: { readonly tableName: string; readonly id: string }): Generator<Backup> {
    const { account, region } = this.#store;
    const prefix = tableName === undefined ? [account, region] : [account, region, tableName];
    const start = after === undefined ? prefix : this.#key(after);
    for (const { value } of this.#backups.range({ start, end: [...prefix, LAST], exclusiveStart: true })) {
      if (tableName === undefined || value.table.name === tableName) yield value;
    }
  }

  #key({ tableName, id }: { readonly tableName: string; readonly id: string }): [string, string, string, string] {
    return [this.#store.account, this.#store.region, tableName, id];
  }

  #put(backup: Backup): void {
    this.#backups.put(this.#key({ tableName: backup.table.name, id: backup.id }), backup);
  }

  #remove(backup: Backup): void {
    this.#store.write(() => {
      this.#backups.remove(this.#key({ tableName: backup.table.name, id: backup.id }));
      this.#store.addGarbage(backup.space);
    });
    this.#store.collect();
  }

  #begin({ table, id, snapshot }: Backup): void {
    this.#store.holds.hold(snapshot?.space, snapshot?.log);
    this.#host.scheduler.after(0, () => this.#step({ tableName: table.name, id }));
  }

  #step(key: { readonly tableName: string; readonly id: string }): void {
    const backup = this.#backups.get(this.#key(key));
    if (backup?.snapshot === undefined) return;
    const { snapshot } = backup;
    const next = this.#store.write(() => {
      const { snapshot: _made, ...made } = backup;
      const advanced = this.#store.snapshots.advance(snapshot, itemsOf(backup.table, backup.space));
      this.#put(advanced === undefined ? made : { ...made, snapshot: advanced });
      if (advanced === undefined) this.#endLog(backup.table, snapshot.log);
      return advanced;
    });
    if (next !== undefined) {
      this.#host.scheduler.after(0, () => this.#step(key));
      return;
    }
    this.#store.holds.release(snapshot.space, snapshot.log);
    this.#store.collect();
  }

  #endLog({ name, id }: Table, log: number | undefined): void {
    if (log === undefined) return;
    this.#store.addGarbage(log);
    const table = this.#store.findTable(name);
    if (table?.id === id) this.#store.putTable(withoutLog(table, log));
  }

  #armExpiry({ arn, expiresAt }: Backup): void {
    if (expiresAt === undefined) return;
    this.#host.scheduler.after(expiresAt - this.#host.clock.now(), () => {
      const isRestored = this.#store.restores.ofBackup(arn) !== undefined;
      if (isRestored) this.#armExpiry({ ...this.get(arn), expiresAt: this.#host.clock.now() + DAY_MS });
      else this.#remove(this.get(arn));
    });
  }
}

/** Sorts after every name of a table, and after every id: those are ASCII. */
const LAST = "\u{10ffff}";

/** The items of a table alone, in another space, as a table to write to: nothing else hears of what is written there. */
export function itemsOf(table: Table, space: number): Table {
  const { stream: _s, timeToLive: _t, logs: _l, recovery: _r, replicas: _g, kinesisDestinations: _k, ...rest } = table;
  return { ...rest, space, indexes: [] };
}

export function withoutLog(table: Table, log: number): Table {
  const logs = (table.logs ?? []).filter((space) => space !== log);
  const { logs: _old, ...rest } = table;
  return logs.length === 0 ? rest : { ...rest, logs };
}
