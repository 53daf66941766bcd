import type { Host } from "../../../emulator/model/context.ts";
import type { Table } from "../model.ts";
import type { DynamoDbStore } from "../store.ts";
import type { Filling } from "./model.ts";

type Restore = Extract<Filling, { readonly kind: "restore" }>;

/** Tables of one account and region that are being restored: brings them their items, by pieces, also after a restart. */
export class Restores {
  readonly #store: DynamoDbStore;
  readonly #host: Host;

  constructor(store: DynamoDbStore, host: Host) {
    this.#store = store;
    this.#host = host;
    for (const table of store.tables()) this.begin(table);
  }

  /** To be called when the table has been written. */
  begin({ name, filling }: Table): void {
    if (filling?.kind !== "restore") return;
    this.#store.holds.hold(filling.snapshot.space, filling.snapshot.log);
    // what is written in the millisecond that is restored belongs to it: copying begins behind it
    const waitMs = Math.max(0, filling.restoredTo + 1 - this.#host.clock.now());
    this.#host.scheduler.after(waitMs, () => this.#step(name));
  }

  /** The table that is being restored from a backup. */
  ofBackup(arn: string): Table | undefined {
    for (const table of this.#store.tables()) {
      if (table.filling?.kind === "restore" && table.filling.sourceBackupArn === arn) return table;
    }
    return undefined;
  }

  count(): number {
    return [...this.#store.tables()].filter(({ filling }) => filling?.kind === "restore").length;
  }

  #step(name: string): void {
    const table = this.#store.findTable(name);
    if (table?.filling?.kind !== "restore") return;
    const restore: Restore = table.filling;
    const isDone = this.#store.write(() => {
      const snapshot = this.#store.snapshots.advance(restore.snapshot, table);
      const { filling: _filled, ...filled } = table;
      this.#store.putTable(snapshot === undefined ? filled : { ...table, filling: { ...restore, snapshot } });
      return snapshot === undefined;
    });
    if (!isDone) {
      this.#host.scheduler.after(0, () => this.#step(name));
      return;
    }
    this.#store.holds.release(restore.snapshot.space, restore.snapshot.log);
    this.#store.lifecycle.begin(name);
    this.#store.collect();
  }
}
