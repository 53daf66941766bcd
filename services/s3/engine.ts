import type { Host } from "../../emulator/model/context.ts";
import type { Engine } from "../../emulator/model/service.ts";
import { EventDelivery } from "./event-delivery.ts";
import { LifecycleSweep } from "./lifecycle-sweep.ts";
import { OrphanSweep } from "./store.ts";

/** What S3 does by itself. */
export class S3Engine implements Engine {
  readonly #orphans: OrphanSweep;
  readonly #lifecycle: LifecycleSweep;
  readonly #events: EventDelivery;

  constructor(host: Host) {
    this.#orphans = new OrphanSweep(host);
    this.#lifecycle = new LifecycleSweep(host);
    this.#events = new EventDelivery(host);
  }

  start(): void {
    this.#orphans.start();
    this.#lifecycle.start();
    this.#events.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#lifecycle.stop(), this.#events.stop()]);
  }
}
