import type { Host } from "../../emulator/model/context.ts";
import { AwsError } from "../../emulator/model/errors.ts";
import type { Table as StorageTable } from "../../emulator/storage/storage.ts";
import { Backups, withoutLog } from "./backups/backups.ts";
import { ChangeLog } from "./backups/change-log.ts";
import { Holds } from "./backups/holds.ts";
import { Recoveries } from "./backups/recoveries.ts";
import { Restores } from "./backups/restores.ts";
import { Snapshots } from "./backups/snapshots.ts";
import { ContributorInsights } from "./contributor-insights/contributor-insights.ts";
import { KeyCounts } from "./contributor-insights/key-counts.ts";
import { resourceNotFound, tableNotFound } from "./errors.ts";
import { Jobs } from "./export/jobs.ts";
import type { ExportJob, ImportJob } from "./export/model.ts";
import { Replicas } from "./global-tables/replicas.ts";
import { ItemCollections } from "./item-collections.ts";
import { ItemStore } from "./item-store.ts";
import { KinesisDestinations } from "./kinesis-destinations/destinations.ts";
import { TableLifecycle } from "./lifecycle.ts";
import { countThrottle } from "./metrics.ts";
import type { Table } from "./model.ts";
import { ResourcePolicies } from "./resource-policies.ts";
import { openStores, storeOf } from "./stores.ts";
import { TableStreams } from "./streams/table-streams.ts";
import { accountOfTable, checkTableName, tableNameOf } from "./table-name.ts";
import { Throughput } from "./throughput/throughput.ts";
import { ExpiryIndex } from "./time-to-live/expiry-index.ts";
import { TimesToLive } from "./time-to-live/time-to-live.ts";

/** A ClientRequestToken of TransactWriteItems that was used. */
export interface UsedToken {
  readonly fingerprint: string;
  readonly expiresAt: number;
}

/** How many outdated tokens a transaction clears away on its way. */
const TOKENS_CLEARED_AT_ONCE = 10;
const SPACE_COUNTER = ["next-space"];

/** Tables of one account and region, and their items. */
export class DynamoDbStore {
  readonly account: string;
  readonly region: string;
  readonly items: ItemStore;
  readonly throughput: Throughput;
  readonly policies: ResourcePolicies;
  readonly streams: TableStreams;
  readonly kinesis: KinesisDestinations;
  readonly replicas: Replicas;
  readonly changes: ChangeLog;
  readonly snapshots: Snapshots;
  readonly timesToLive: TimesToLive;
  readonly backups: Backups;
  readonly recoveries: Recoveries;
  readonly restores: Restores;
  readonly exports: Jobs<ExportJob>;
  readonly imports: Jobs<ImportJob>;
  readonly holds = new Holds();
  readonly lifecycle: TableLifecycle;
  readonly insights: ContributorInsights;
  readonly #host: Host;
  readonly #tables: StorageTable<Table>;
  /** Spaces of deleted tables and indexes, until their items are cleared away. */
  readonly #garbage: StorageTable<true>;
  readonly #tokens: StorageTable<UsedToken>;
  readonly #meta: StorageTable<number>;
  /** Every read and write of an item needs its table: this is the record as it was last written. */
  readonly #known = new Map<string, Table>();

  constructor(host: Host, scope: { account: string; region: string }) {
    this.account = scope.account;
    this.region = scope.region;
    this.#host = host;
    this.policies = new ResourcePolicies(host.storage, scope);
    this.streams = new TableStreams(this, host);
    this.kinesis = new KinesisDestinations(this, host);
    const items: StorageTable<string> = host.storage.table("dynamodb/items", { keys: "binary", values: "string" });
    const expiries = new ExpiryIndex(items);
    this.changes = new ChangeLog(items, host.clock, host.storage);
    const counts: StorageTable<Uint8Array> = host.storage.table("dynamodb/counts", {
      keys: "binary",
      values: "binary",
    });
    this.items = new ItemStore(items, counts, {
      collections: new ItemCollections(items, counts),
      streams: this.streams,
      expiries,
      changes: this.changes,
      kinesis: this.kinesis,
      replicas: () => this.replicas,
    });
    this.throughput = new Throughput(host, this.items, {
      keyCounts: new KeyCounts(host, scope),
      onThrottle: (throttle) => countThrottle(this, host, throttle),
    });
    this.snapshots = new Snapshots(this.items, this.changes);
    this.#tables = host.storage.table("dynamodb/tables");
    this.#garbage = host.storage.table("dynamodb/garbage");
    this.#tokens = host.storage.table("dynamodb/tokens");
    this.#meta = host.storage.table("dynamodb/meta");
    // those that hold on to spaces, before garbage is collected
    this.exports = new Jobs<ExportJob>(host, "export", scope);
    this.imports = new Jobs<ImportJob>(host, "import", scope);
    for (const { table } of this.exports.unfinished()) this.holds.hold(table.space, table.recovery?.log);
    this.backups = new Backups(this, host);
    this.restores = new Restores(this, host);
    this.recoveries = new Recoveries(this, host);
    this.lifecycle = new TableLifecycle(this, host);
    this.timesToLive = new TimesToLive(this, expiries, host);
    this.insights = new ContributorInsights(this, host);
    this.kinesis.start();
    this.replicas = new Replicas(this, host);
  }

  /** Runs `work` as one transaction: all of its writes are kept or, when it throws, none. */
  write<T>(work: () => T): T {
    try {
      return this.#host.storage.write(work);
    } catch (error) {
      this.#forgetAll();
      throw error;
    }
  }

  #forgetAll(): void {
    this.forget();
    for (const store of openStores(this.#host)) store.forget(); // the replicas' ones
  }

  /** What was written in a transaction is taken back, and with it what is remembered of it. */
  forget(): void {
    this.#known.clear();
    this.streams.forget();
  }

  /** As `write`, in one commit with the other writes of the moment. It may be run again: what it changes beside the storage, it begins with. */
  writeTogether<T>(work: () => T): T | Promise<T> {
    return this.#host.storage.together(() => {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof AwsError)) this.#forgetAll(); // a refusal comes before all writes
        throw error;
      }
    });
  }

  // Tables

  /** Where a table is kept: here, unless its ARN names another account. */
  ofTable(nameOrArn: string): DynamoDbStore {
    const account = accountOfTable(nameOrArn) ?? this.account;
    return account === this.account ? this : storeOf(this.#host, { account, region: this.region });
  }

  findTable(name: string): Table | undefined {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const table = this.#tables.get([this.account, this.region, name]);
    if (table !== undefined) this.#known.set(name, table);
    return table;
  }

  /**
   * The table of an item operation, by name or ARN.
   * @throws AwsError ValidationException, ResourceNotFoundException (also while the table is being created or deleted)
   */
  activeTable(nameOrArn: string): Table {
    const table = this.#known.get(nameOrArn) ?? this.findTable(tableNameOf(this, nameOrArn));
    if (table === undefined || table.status === "CREATING" || table.status === "DELETING") {
      checkTableName(tableNameOf(this, nameOrArn));
      throw resourceNotFound();
    }
    return table;
  }

  /**
   * The table of an operation on tables, in whatever state.
   * @throws AwsError ValidationException, ResourceNotFoundException
   */
  table(nameOrArn: string): Table {
    const name = tableNameOf(this, nameOrArn);
    checkTableName(name);
    const table = this.findTable(name);
    if (table === undefined) throw tableNotFound(name);
    return table;
  }

  /** Names in order, behind `after`. */
  *tableNames(after?: string): Generator<string> {
    const options = { start: [this.account, this.region, after ?? ""], end: [this.account, this.region, LAST_NAME] };
    for (const [, , name] of this.#tables.keys({ ...options, exclusiveStart: true })) yield String(name);
  }

  /** All of them, each as it is when its turn comes: they may be written meanwhile. */
  *tables(): Generator<Table> {
    for (const name of [...this.tableNames()]) {
      const table = this.findTable(name);
      if (table !== undefined) yield table;
    }
  }

  putTable(table: Table): void {
    this.#tables.put([this.account, this.region, table.name], table);
    this.#known.set(table.name, table);
  }

  /**
   * Removes the record; the spaces of the table and its indexes become garbage, and its stream ends. Where the table could be
   * recovered, its items are left to a backup.
   */
  removeTable(table: Table): void {
    this.write(() => {
      this.#tables.remove([this.account, this.region, table.name]);
      for (const { space } of table.indexes) this.addGarbage(space);
      if (table.timeToLive !== undefined) this.addGarbage(table.timeToLive.space);
      if (table.recovery === undefined) this.addGarbage(table.space);
      else {
        this.addGarbage(table.recovery.log);
        this.backups.keepDeleted(table);
      }
      if (table.stream?.enabled === true) this.streams.disable(table, "DISABLED");
      this.policies.remove(table.arn);
    });
    this.throughput.forget(table);
    this.#known.delete(table.name);
  }

  /** A new number for the items of a table or the entries of an index. */
  allocateSpace(): number {
    return this.write(() => {
      const space = this.#meta.get(SPACE_COUNTER) ?? 1;
      this.#meta.put(SPACE_COUNTER, space + 1);
      return space;
    });
  }

  addGarbage(space: number): void {
    this.#garbage.put([this.account, this.region, space], true);
  }

  /**
   * Clears up to `limit` entries of deleted tables and indexes away, but for those that somebody still reads.
   * @returns false when nothing is left to clear
   */
  collectGarbage(limit: number): boolean {
    return this.write(() => {
      const range = { start: [this.account, this.region], end: [this.account, this.region, ""] };
      for (const key of this.#garbage.keys(range)) {
        const space = Number(key[2]);
        if (this.holds.has(space)) continue;
        this.#endLog(space);
        if (!this.items.purge(space, limit)) this.#garbage.remove(key);
        return true;
      }
      return false;
    });
  }

  /** A space that is cleared away is no log of any table any more. */
  #endLog(space: number): void {
    for (const table of this.tables()) {
      if (table.logs?.includes(space) === true) this.putTable(withoutLog(table, space));
    }
  }

  /** To be called when there is garbage, or when some is read no more. */
  collect(): void {
    this.lifecycle.collect();
  }

  // Tokens

  usedToken(token: string): UsedToken | undefined {
    const used = this.#tokens.get([this.account, this.region, token]);
    return used === undefined || used.expiresAt <= this.#host.clock.now() ? undefined : used;
  }

  useToken(token: string, used: UsedToken): void {
    const now = this.#host.clock.now();
    const order = [this.account, this.region, 0];
    const outdated = [...this.#tokens.range({ start: order, end: [...order, now], limit: TOKENS_CLEARED_AT_ONCE })];
    for (const { key } of outdated) {
      const held = this.#tokens.get([this.account, this.region, key[4] ?? ""]);
      if (held !== undefined && held.expiresAt <= now) this.#tokens.remove([this.account, this.region, key[4] ?? ""]);
      this.#tokens.remove(key);
    }
    this.#tokens.put([this.account, this.region, token], used);
    // a second entry in the order of their end, so that outdated ones are found
    this.#tokens.put([...order, used.expiresAt, token], used);
  }
}

/** Sorts after every table name: those are ASCII. */
const LAST_NAME = "\u{10ffff}";
