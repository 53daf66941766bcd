import type { Host } from "../../../emulator/model/context.ts";
import type { Timer } from "../../../emulator/runtime/scheduler.ts";
import type { Table } from "../model.ts";
import type { DynamoDbStore } from "../store.ts";
import { withoutLog } from "./backups.ts";
import { recoveryUnavailable } from "./errors.ts";
import type { Recovery } from "./model.ts";

const SECOND_MS = 1000;
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** How often what is too old is cleared away, and how much of it in one transaction. */
const TRIM_INTERVAL_MS = HOUR_MS;
const TRIMMED_AT_ONCE = 1000;

/** Epoch milliseconds. */
export interface Window {
  readonly earliest: number;
  readonly latest: number;
}

/** Point-in-time recovery of the tables of one account and region. */
export class Recoveries {
  readonly #store: DynamoDbStore;
  readonly #host: Host;
  #timer: Timer | undefined;

  constructor(store: DynamoDbStore, host: Host) {
    this.#store = store;
    this.#host = host;
    this.#arm();
  }

  /** Begins to keep what items were before they change, or goes on with another period. */
  enable(table: Table, periodDays: number): Table {
    const enabled = this.#store.write((): Table => {
      const next = table.recovery === undefined ? this.#withLog(table, periodDays) : table;
      const changed = { ...next, recovery: { ...(next.recovery as Recovery), periodDays } };
      this.#store.putTable(changed);
      return changed;
    });
    this.#arm();
    return enabled;
  }

  disable(table: Table): Table {
    const { recovery, ...rest } = table;
    if (recovery === undefined) return table;
    // a restore or an export that is under way needs the changes to come, too: the log goes when it is collected
    const disabled = this.#store.holds.has(recovery.log) ? rest : withoutLog(rest, recovery.log);
    this.#store.write(() => {
      this.#store.putTable(disabled);
      this.#store.addGarbage(recovery.log);
    });
    this.#store.collect();
    return disabled;
  }

  /** The times to which a table can be restored. */
  window({ enabledAt, periodDays }: Recovery): Window {
    const now = this.#host.clock.now();
    return { earliest: Math.max(enabledAt, now - periodDays * DAY_MS), latest: now };
  }

  /** @throws AwsError PointInTimeRecoveryUnavailableException */
  of(table: Table): Recovery {
    if (table.recovery === undefined) throw recoveryUnavailable(table.name);
    return table.recovery;
  }

  #withLog(table: Table, periodDays: number): Table {
    const log = this.#store.allocateSpace();
    // to the second, as it is shown: the log is the same
    const enabledAt = Math.floor(this.#host.clock.now() / SECOND_MS) * SECOND_MS;
    return { ...table, logs: [...(table.logs ?? []), log], recovery: { log, enabledAt, periodDays } };
  }

  *#recoverable(): Generator<Recovery> {
    for (const { recovery } of this.#store.tables()) {
      if (recovery !== undefined) yield recovery;
    }
  }

  #arm(): void {
    if (this.#timer !== undefined) return;
    for (const _ of this.#recoverable()) {
      this.#timer = this.#host.scheduler.after(TRIM_INTERVAL_MS, () => this.#trim());
      return;
    }
  }

  /** Forgets changes that are older than the period, by pieces. */
  #trim(): void {
    let hasMore = false;
    for (const recovery of this.#recoverable()) {
      // a restore that is under way may need what has just become too old
      if (this.#store.holds.has(recovery.log)) continue;
      const { earliest } = this.window(recovery);
      if (this.#store.write(() => this.#store.changes.trim(recovery.log, earliest, TRIMMED_AT_ONCE))) hasMore = true;
    }
    this.#timer = undefined;
    if (hasMore) this.#timer = this.#host.scheduler.after(0, () => this.#trim());
    else this.#arm();
  }
}
