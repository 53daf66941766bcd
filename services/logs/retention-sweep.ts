import type { Host } from "../../emulator/model/context.ts";
import type { Engine } from "../../emulator/model/service.ts";
import { LogsStore } from "./store.ts";

const INTERVAL_MS = 10 * 60 * 1000;
/** Events removed in one go: other requests wait for it. */
const MOST_AT_ONCE = 5_000;

/** Gives back the space of events that their group's retention ended. Reads hide them from the moment on. */
export class RetentionSweep implements Engine {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  start(): void {
    this.#after(INTERVAL_MS);
  }

  #after(waitMs: number): void {
    this.#host.scheduler.after(waitMs, () => {
      let isWhole = true;
      for (const scope of LogsStore.scopes(this.#host)) {
        if (new LogsStore(this.#host, scope).sweep(MOST_AT_ONCE) >= MOST_AT_ONCE) isWhole = false;
      }
      // more events may end than come off in one go: the rest follows once those who wait have had their turn
      this.#after(isWhole ? INTERVAL_MS : 0);
    });
  }
}
