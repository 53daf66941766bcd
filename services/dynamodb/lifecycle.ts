import type { Scheduler } from "../../emulator/runtime/scheduler.ts";
import type { Index, Table } from "./model.ts";
import type { DynamoDbStore } from "./store.ts";

/**
 * How long a table stays CREATING, UPDATING or DELETING, and how long between two pieces of work on an index. Until the
 * answer is sent: SDK waiters that find a table CREATING look again only after 20 s.
 */
const STEP_MS = 0;
/** Entries of deleted tables that one transaction clears away. */
const GARBAGE_AT_ONCE = 1000;

/** Brings tables and indexes from CREATING, UPDATING and DELETING to where they are going, step by step, also after a restart. */
export class TableLifecycle {
  readonly #store: DynamoDbStore;
  readonly #scheduler: Scheduler;
  #collecting = false;

  constructor(store: DynamoDbStore, host: { scheduler: Scheduler }) {
    this.#store = store;
    this.#scheduler = host.scheduler;
    for (const name of [...store.tableNames()]) this.#resume(name);
    this.collect();
  }

  /** To be called after a table was written with a state that it is to leave. */
  begin(name: string): void {
    this.#scheduler.after(STEP_MS, () => this.#step(name));
  }

  /** What a stop has interrupted is done before the first request. What fails is tried again on its own: it keeps nothing from starting. */
  #resume(name: string): void {
    try {
      this.#step(name);
    } catch {
      this.begin(name); // the scheduler logs what fails for good
    }
  }

  /** Takes the next step at once. */
  settle(name: string): void {
    this.#step(name);
  }

  #step(name: string): void {
    const table = this.#store.findTable(name);
    // one that is being restored or imported is not there yet
    if (table === undefined || table.filling !== undefined) return;
    if (table.status === "DELETING") {
      this.#store.removeTable(table);
      this.collect();
      return;
    }
    const next = this.#store.write(() => {
      const stepped = table.status === "ACTIVE" ? this.#backfilled(table) : this.#settled(table);
      if (stepped !== table) this.#store.putTable(stepped);
      return stepped;
    });
    if (next.indexes.length < table.indexes.length) this.collect();
    if (next.indexes.some((index) => index.backfill !== undefined)) this.begin(name);
  }

  #settled(table: Table): Table {
    const wasCreated = table.status === "CREATING";
    const indexes: Index[] = [];
    for (const index of table.indexes) {
      if (index.status === "DELETING") this.#store.addGarbage(index.space);
      else if (index.status === "CREATING" && !wasCreated) indexes.push({ ...index, backfill: index.backfill ?? {} });
      else indexes.push({ ...index, status: "ACTIVE" });
    }
    this.#store.streams.settle(table);
    const settled: Table = { ...table, status: "ACTIVE", indexes };
    return table.billingMode === "PAY_PER_REQUEST" && table.payPerRequestSince === undefined
      ? { ...settled, payPerRequestSince: table.createdAt }
      : settled;
  }

  #backfilled(table: Table): Table {
    if (!table.indexes.some((index) => index.backfill !== undefined)) return table;
    const indexes = table.indexes.map((index): Index => {
      if (index.backfill === undefined) return index;
      const after = this.#store.items.backfill(table, index, index.backfill.after);
      const { backfill: _done, ...rest } = index;
      return after === undefined ? { ...rest, status: "ACTIVE" } : { ...rest, backfill: { after } };
    });
    return { ...table, indexes };
  }

  /** Clears away what is left of deleted tables and indexes. */
  collect(): void {
    if (this.#collecting) return;
    this.#collecting = true;
    this.#scheduler.after(STEP_MS, () => {
      this.#collecting = false;
      if (this.#store.collectGarbage(GARBAGE_AT_ONCE)) this.collect();
    });
  }
}
