import type { Host } from "../../../emulator/model/context.ts";
import type { Timer } from "../../../emulator/runtime/scheduler.ts";
import { itemKey } from "../item-keys.ts";
import { spaceRange, type ItemStore } from "../item-store.ts";
import type { Table } from "../model.ts";
import { alreadyDisabled, alreadyEnabled, changedTooOften, otherAttribute } from "./errors.ts";
import type { ExpiryIndex, TimeToLive } from "./expiry-index.ts";

/** A table's time to live can be changed again after this. */
const INTERVAL_MS = 60 * 60 * 1000;
/** Items whose time is over for longer than five years are taken for mistakes, and stay. */
const OLDEST_MS = 5 * 365.25 * 24 * 60 * 60 * 1000;
/** How long an expired item can still be read: those that expire together are removed together. DynamoDB takes hours. */
const DELAY_MS = 2000;
/** Items that one transaction enters or removes. */
const ITEMS_AT_ONCE = 200;
const BYTES_AT_ONCE = 4 * 1024 * 1024;

/** What it needs of the tables. */
interface Tables {
  readonly account: string;
  readonly region: string;
  readonly items: ItemStore;
  findTable(name: string): Table | undefined;
  tables(): Iterable<Table>;
  putTable(table: Table): void;
  allocateSpace(): number;
  addGarbage(space: number): void;
  collect(): void;
  write<T>(work: () => T): T;
}

/** Time to live of the tables of one account and region: its settings, and what it removes. */
export class TimesToLive {
  readonly #tables: Tables;
  readonly #expiries: ExpiryIndex;
  readonly #host: Host;
  #timer: Timer | undefined;
  #wakesAt = Infinity;

  constructor(tables: Tables, expiries: ExpiryIndex, host: Host) {
    this.#tables = tables;
    this.#expiries = expiries;
    this.#host = host;
    expiries.listen((expiresAt) => this.#arm(expiresAt));
    for (const table of this.#all()) this.#begin(table.name);
    this.#armNext();
  }

  /** @throws AwsError ValidationException */
  update(table: Table, attribute: string, enabled: boolean): void {
    const now = this.#host.clock.now();
    const { timeToLive: current, timeToLiveChangedAt } = table;
    const isOn = current !== undefined && current.status !== "DISABLING";
    if (current === undefined && !enabled) throw alreadyDisabled();
    if (isOn && current.attribute !== attribute) throw otherAttribute(current.attribute);
    if (isOn && enabled) throw alreadyEnabled();
    if (timeToLiveChangedAt !== undefined && now - timeToLiveChangedAt < INTERVAL_MS) throw changedTooOften();
    this.#tables.write(() => {
      const timeToLive: TimeToLive =
        current !== undefined && !enabled
          ? { ...current, status: "DISABLING" }
          : { attribute, status: "ENABLING", space: this.#tables.allocateSpace(), backfill: {} };
      this.#tables.putTable({ ...table, timeToLive, timeToLiveChangedAt: now });
    });
    this.#begin(table.name);
  }

  #begin(name: string): void {
    this.#host.scheduler.after(0, () => this.#step(name));
  }

  #step(name: string): void {
    const table = this.#tables.findTable(name);
    if (table?.timeToLive === undefined || table.timeToLive.status === "ENABLED") return;
    const isDisabling = table.timeToLive.status === "DISABLING";
    this.#tables.write(() => this.#tables.putTable(this.#stepped(table, table.timeToLive as TimeToLive)));
    if (isDisabling) this.#tables.collect();
    else this.#begin(name);
    this.#armNext();
  }

  #stepped(table: Table, { backfill, ...timeToLive }: TimeToLive): Table {
    if (timeToLive.status === "DISABLING") {
      this.#tables.addGarbage(timeToLive.space);
      const { timeToLive: _gone, ...rest } = table;
      return rest;
    }
    const range = spaceRange(table.space, backfill?.after);
    const chunk = this.#tables.items.chunk(range, ITEMS_AT_ONCE, BYTES_AT_ONCE);
    for (const { item } of chunk) this.#expiries.enter(timeToLive, itemKey(table, item), item);
    const last = chunk.at(-1);
    return last === undefined
      ? { ...table, timeToLive: { ...timeToLive, status: "ENABLED" } }
      : { ...table, timeToLive: { ...timeToLive, backfill: { after: itemKey(table, last.item) } } };
  }

  *#all(): Generator<Table & { readonly timeToLive: TimeToLive }> {
    for (const table of this.#tables.tables()) {
      if (table.timeToLive !== undefined) yield table as Table & { readonly timeToLive: TimeToLive };
    }
  }

  #arm(expiresAt: number, delayMs = DELAY_MS): void {
    if (expiresAt >= this.#wakesAt) return;
    this.#timer?.cancel();
    this.#wakesAt = expiresAt;
    const dueMs = Math.max(0, expiresAt - this.#host.clock.now());
    this.#timer = this.#host.scheduler.after(dueMs + delayMs, () => this.#sweep());
  }

  /** For the item that expires next, of those that are there. */
  #armNext(): void {
    const oldest = this.#host.clock.now() - OLDEST_MS;
    for (const { timeToLive, space } of this.#all()) {
      if (timeToLive.status !== "ENABLED") continue;
      for (const { at } of this.#expiries.read(timeToLive, space, oldest, 1)) this.#arm(at);
    }
  }

  /** Removes some of the expired items of each table, and comes again for the rest: requests are served in between. */
  #sweep(): void {
    this.#wakesAt = Infinity;
    let isDone = true;
    for (const table of this.#all()) {
      if (table.timeToLive.status !== "ENABLED" || table.status === "DELETING") continue;
      if (!this.#removeSome(table, table.timeToLive)) isDone = false;
    }
    if (isDone) this.#armNext();
    else this.#arm(0, 0);
  }

  /** @returns whether there are no more */
  #removeSome(table: Table, timeToLive: TimeToLive): boolean {
    const now = this.#host.clock.now();
    let isDone = true;
    const removed = this.#tables.write(() => {
      let bytes = 0;
      let count = 0;
      const entries = [...this.#expiries.read(timeToLive, table.space, now - OLDEST_MS, ITEMS_AT_ONCE)];
      const expired = entries.filter(({ at }) => at < now);
      for (const { key } of expired) {
        const stored = this.#tables.items.get(key);
        if (stored === undefined) throw new Error(`an expired item of ${table.name} is not there`);
        this.#tables.items.replace(table, key, stored, undefined, true);
        count++;
        bytes += stored.sizeBytes;
        if (bytes >= BYTES_AT_ONCE) break;
      }
      isDone = count === expired.length && count < ITEMS_AT_ONCE;
      return count;
    });
    if (removed === 0) return true;
    const { account, region } = this.#tables;
    const dimensions = { TableName: table.name };
    this.#host.metrics
      .series(
        { account, region },
        { namespace: "AWS/DynamoDB", name: "TimeToLiveDeletedItemCount", dimensions, unit: "Count" },
      )
      .add(removed, now);
    return isDone;
  }
}
