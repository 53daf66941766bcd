import type { Host } from "../../emulator/model/context.ts";
import type { Timer } from "../../emulator/runtime/scheduler.ts";
import { restorationCause } from "./causes.ts";
import { EVENTS_SIGNAL } from "./event-table.ts";
import { RESTORATIONS_SIGNAL, type Due } from "./restoration-table.ts";
import { openTables, type Tables } from "./tables.ts";
import { isDeleteMarker } from "./version-table.ts";

const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

/** Tells that the copies of archived objects are there, or gone, in their time; after a restart what came to it meanwhile. */
export class RestorationWatch {
  readonly #host: Host;
  readonly #tables: Tables;
  #timer: Timer | undefined;
  #silence: (() => void) | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#tables = openTables(host);
  }

  start(): void {
    this.#silence = this.#host.signals.listen(RESTORATIONS_SIGNAL, () => this.#look());
    this.#look();
  }

  stop(): void {
    this.#silence?.();
    this.#timer?.cancel();
  }

  #look(): void {
    this.#timer?.cancel();
    const now = this.#host.clock.now();
    const past: Due[] = [];
    for (const due of this.#tables.restorations.all()) {
      if (due.atMs > now) {
        this.#timer = this.#host.scheduler.after(Math.min(due.atMs - now, LONGEST_WAIT_MS), () => this.#look());
        break;
      }
      past.push(due);
    }
    const told = this.#tables.bodies.write(() => past.filter((due) => this.#end(due)).length);
    if (told > 0) this.#host.signals.notify(EVENTS_SIGNAL);
  }

  /** Within a transaction. An object may be another one by now, or be kept longer. @returns whether anybody is to be told */
  #end(due: Due): boolean {
    const { restorations, buckets, objects, events } = this.#tables;
    restorations.remove(due);
    const bucket = buckets.get(due.bucket);
    const version = bucket && objects.version(due.bucket, due.key, due.versionId);
    if (!version || isDeleteMarker(version)) return false;
    const { readyMs, expiresMs } = version.restoration ?? {};
    if (due.atMs !== readyMs && due.atMs !== expiresMs) return false;
    const name = due.atMs === readyMs ? "ObjectRestore:Completed" : "ObjectRestore:Delete";
    const cause = restorationCause(bucket, name, this.#host.ids.uuid(), due.atMs);
    return events.record(bucket, due.key, cause, version);
  }
}
