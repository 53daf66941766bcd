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
    this.#host.scheduler.every(INTERVAL_MS, () => {
      for (const scope of LogsStore.scopes(this.#host)) new LogsStore(this.#host, scope).sweep(MOST_AT_ONCE);
    });
  }
}
